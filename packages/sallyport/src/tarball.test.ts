import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { patientMs } from "../test/auth-server.ts";
import {
  createScratchProject,
  nodeVersions,
  provideNode,
  run,
  type ScratchProject,
} from "../test/scratch-project.ts";

const packageFolder = join(import.meta.dirname, "..");

/** A stranger's program: every entry that needs no framework at run time, and a guard at work. */
const program = `
import { betterAuthSession, createGuard } from "sallyport";
import "sallyport/express";
import "sallyport/fastify";
import "sallyport/hono";
import "sallyport/jwt";
import "sallyport/web";
import { fakeBetterAuth } from "sallyport/testing";

const auth = await fakeBetterAuth();
const guard = createGuard({ schemes: [betterAuthSession({ url: auth.url, deadlineMs: ${patientMs} })] });
const ada = auth.signIn();

async function ask(headers) {
  const result = await guard.authenticate({ method: "GET", headers: new Headers(headers) });
  return result.ok ? result.user.userId === ada.user.id : result.failure.code;
}

const answers = [await ask({}), await ask({ cookie: ada.cookie })];
await auth.fail("reset-before-headers");
answers.push(await ask({ cookie: ada.cookie }));
await auth.recover();
auth.revoke(ada);
answers.push(await ask({ cookie: ada.cookie }));
await guard.close();
await auth.close();
console.log(process.version, JSON.stringify(answers));
`;

describe("the tarball", () => {
  let project: ScratchProject;
  let installed: string;
  before(async () => {
    project = await createScratchProject();
    installed = join(project.folder, "node_modules/sallyport");
  });
  after(() => project.remove());

  test("holds what the sources build, README.md, LICENSE and package.json, and nothing else", () => {
    const sources = globSync("**/*.ts", {
      cwd: join(packageFolder, "src"),
      exclude: ["**/*.test.ts"],
    }).map((path) => join("dist", path.replace(/\.ts$/, "")));
    const built = sources.flatMap((path) => [`${path}.js`, `${path}.d.ts`]);
    assert.deepEqual(filesIn(installed), [...built, "LICENSE", "README.md", "package.json"].sort());
  });

  test("names no file that it does not hold, and no place on the machine that built it", () => {
    for (const file of filesIn(installed)) {
      const text = readFileSync(join(installed, file), "utf8");
      assert.doesNotMatch(text, /sourceMappingURL|file:\/\//, file);
      for (const place of [join(packageFolder, "../../"), "/home/", "/Users/"]) {
        assert.ok(!text.includes(place), `${file} names ${place}`);
      }
    }
  });

  for (const version of nodeVersions) {
    test(`works on Node ${version}, with no framework installed`, async () => {
      const node = await provideNode(version);
      const arguments_ = ["--input-type=module", "--eval", program];
      assert.equal(
        await run(node, arguments_, { cwd: project.folder }),
        `v${version} ["credentials_missing",true,"authority_unavailable","session_invalid"]\n`,
      );
    });
  }
});

function filesIn(folder: string): string[] {
  return globSync("**/*", { cwd: folder, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}
