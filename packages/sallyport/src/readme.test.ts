import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, readFileSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, before, describe, test } from "node:test";
import { z } from "zod";
import { patientMs } from "../test/auth-server.ts";
import {
  createScratchProject,
  nodeVersions,
  provideNode,
  run,
  type ScratchProject,
  typeErrors,
} from "../test/scratch-project.ts";
import { type BetterAuthSessionOptions, betterAuthSession, type FailureCode } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

const packageFolder = join(import.meta.dirname, "..");
const readme = readFileSync(join(packageFolder, "README.md"), "utf8");
const examples = new Map(
  Array.from(readme.matchAll(/^```tsx?\n\/\/ (\S+)\n(.*?)^```$/gms), ([, name = "", code = ""]) => [
    name,
    code,
  ]),
);
const backends = [...examples.keys()].filter((name) => name.endsWith("-backend.ts"));

/** As GitHub and npm make them of headings. */
const anchors = Array.from(readme.matchAll(/^#+ (.+)$/gm), ([, heading = ""]) => {
  return `#${heading
    .toLowerCase()
    .replace(/[^\w -]/g, "")
    .replaceAll(" ", "-")}`;
});
const { exports: entries } = z
  .object({ exports: z.record(z.string(), z.unknown()) })
  .parse(JSON.parse(readFileSync(join(packageFolder, "package.json"), "utf8")));

const dependencies = [
  "@hono/node-server",
  "@types/express",
  "@types/node",
  "@types/react",
  "better-auth",
  "express",
  "fastify",
  "hono",
  "next",
  "react",
  "react-dom",
];

const tsconfig = {
  compilerOptions: {
    target: "es2024",
    lib: ["es2024", "dom", "dom.iterable"],
    module: "nodenext",
    types: ["node"],
    jsx: "react-jsx",
    strict: true,
    verbatimModuleSyntax: true,
    erasableSyntaxOnly: true,
    allowImportingTsExtensions: true,
    noEmit: true,
    paths: { "@/*": ["./as-written/*.ts"] },
  },
  include: ["as-written"],
};

/** Tells where the example listens, which has the port 0 here, and ends it with this process. */
const reportPort = `data:text/javascript,
import { channel } from "node:diagnostics_channel";
channel("tracing:net.server.listen:asyncEnd").subscribe(({ server }) => {
  process.send(server.address().port);
});
process.once("disconnect", () => process.exit());`;

describe("the README", () => {
  let auth: FakeBetterAuth;
  let project: ScratchProject;
  before(async () => {
    auth = await fakeBetterAuth();
    project = await createScratchProject(dependencies);
    await writeFile(join(project.folder, "tsconfig.json"), JSON.stringify(tsconfig));
    for (const [name, code] of examples) {
      await write(join(project.folder, "as-written", name), code);
      const local = code
        .replaceAll("http://localhost:3000/api/auth", auth.url)
        .replace(/\burl: [^,}]+/, `$&, deadlineMs: ${patientMs}`)
        .replace("port: 8000", "port: 0")
        .replace("listen(8000)", "listen(0)");
      await write(join(project.folder, "running", name), local);
    }
  });
  after(async () => {
    await auth.close();
    await project.remove();
  });

  test("every example is checked and run: it has a name", () => {
    assert.equal(readme.match(/^```tsx?$/gm)?.length, examples.size);
    assert.equal(backends.length, 5);
  });

  test("the test that it shows has at most 15 lines, imports and all", () => {
    const lines = examples
      .get("notes.test.ts")
      ?.split("\n")
      .filter((line) => line !== "");
    assert.ok(lines && lines.length <= 15, `${lines?.length} lines`);
  });

  test("names every failure with its status, and every option", () => {
    const statuses = {
      malformed_request: 400,
      credentials_missing: 401,
      credentials_malformed: 401,
      session_invalid: 401,
      token_expired: 401,
      token_invalid: 401,
      user_mismatch: 403,
      cross_origin_refused: 403,
      authority_unavailable: 503,
      internal_error: 500,
    } satisfies Record<FailureCode, number>;
    const failures = readme.matchAll(/^\| `([a-z_]+)` \| (\d{3}) \|/gm);
    const named = Array.from(failures, ([, code, status]) => [code, Number(status)]);
    assert.deepEqual(Object.fromEntries(named), statuses);

    const options = {
      url: true,
      secure: true,
      cookieName: true,
      trustedOrigins: true,
      serviceKey: true,
      batch: true,
      realm: true,
      deadlineMs: true,
    } satisfies Record<keyof BetterAuthSessionOptions, true>;
    const table = readme.split("\n## ").find((section) => section.startsWith("Options\n"));
    const rows = Array.from(table?.matchAll(/^\| `(\w+)` \|/gm) ?? [], ([, name]) => name);
    assert.deepEqual(rows, Object.keys(options));
  });

  test("links to what exists, by addresses that hold on npm too", () => {
    const links = Array.from(readme.matchAll(/\]\(([^)]+)\)/g), ([, link = ""]) => link);
    for (const link of links) {
      const [, path] =
        link.match(/^https:\/\/github\.com\/sallyport\/sallyport\/blob\/main\/(.+)$/) ?? [];
      if (path !== undefined) assert.ok(existsSync(join(packageFolder, "../..", path)), link);
      else if (link.startsWith("#")) assert.ok(anchors.includes(link), link);
      else assert.equal(link, "https://better-auth.com");
    }
  });

  test("every example compiles, strictly, in a project with the library from its tarball", async () => {
    assert.deepEqual(await typeErrors(project), []);
  });

  for (const version of nodeVersions) {
    describe(`on Node ${version}`, () => {
      let node: string;
      before(async () => {
        node = await provideNode(version);
      });

      for (const name of backends) {
        test(`${name} lets the owner in, nobody else, and no outage sign anybody out`, async (t) => {
          const backend = await start(node, name);
          t.after(backend.stop);
          const [ada, bob] = [auth.signIn(), auth.signIn()];
          const notes = (headers: Record<string, string>) =>
            fetch(`${backend.origin}/api/${ada.user.id}/notes`, { headers });

          const own = await notes({ cookie: ada.cookie });
          assert.deepEqual([own.status, await own.json()], [200, { owner: ada.user.id }]);
          assert.equal((await notes({})).status, 401);
          assert.equal((await notes({ cookie: bob.cookie })).status, 403);
          await auth.fail("status-500");
          assert.equal((await notes({ cookie: ada.cookie })).status, 503);
          await auth.recover();
          assert.equal((await notes({ cookie: ada.cookie })).status, 200);
        });
      }

      test("the tests that it shows pass", async () => {
        const tests = [...examples.keys()].filter((name) => name.endsWith(".test.ts"));
        assert.ok(tests.length > 0);
        const options = ["--test", "--test-reporter=tap"];
        // Or they would take themselves for a part of this test run.
        const { NODE_TEST_CONTEXT: _, ...env } = process.env;
        const report = await run(node, [...options, ...tests], { cwd: running(), env });
        assert.match(report, new RegExp(`^# pass ${tests.length}$`, "m"));
      });

      test("service-key.ts prints a key that the guard takes", async () => {
        await write(join(running(), ".env"), `BETTER_AUTH_SECRET=${"s".repeat(32)}`);
        const printed = await run(node, ["--env-file=.env", "service-key.ts"], { cwd: running() });
        assert.ok(betterAuthSession({ url: auth.url, serviceKey: printed.trim() }));
      });

      test("every entry of the package loads", async () => {
        const program = Object.keys(entries)
          .map((entry) => `import "sallyport${entry.slice(1)}";`)
          .join("");
        await run(node, ["--input-type=module", "--eval", program], { cwd: running() });
      });
    });
  }

  const running = () => join(project.folder, "running");

  /** Starts an example as a process of its own, and knows where it listens. */
  async function start(node: string, name: string) {
    const child = spawn(node, ["--import", reportPort, name], {
      cwd: running(),
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    const ended = once(child, "exit");
    const [port]: unknown[] = await Promise.race([
      once(child, "message"),
      ended.then(() => ["it has ended"]),
    ]);
    assert.ok(typeof port === "number", `${name} does not listen: ${port}`);
    return {
      origin: `http://localhost:${port}`,
      async stop() {
        child.kill();
        await ended;
      },
    };
  }
});

async function write(path: string, text: string): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, text);
}
