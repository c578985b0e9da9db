import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import { unlimited } from "../../../test/audited-recipes.ts";
import {
  type BetterAuthServer,
  type SignedIn,
  serve,
  startBetterAuth,
} from "../../../test/auth-server.ts";
import { serveTasks, soundBackend, type TaskBackend } from "../../../test/task-backend.ts";

const main = join(import.meta.dirname, "../main.ts");

let auth: BetterAuthServer;
before(async () => {
  auth = await startBetterAuth({ customRules: unlimited });
});
after(() => auth.close());

/** Runs `sallyport audit` as a process. */
async function run(args: string[], { env = {}, input = "" } = {}) {
  const child = spawn(process.execPath, [main, "audit", ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  child.stdin.end(input);
  const [stdout, stderr] = await Promise.all([text(child.stdout), text(child.stderr)]);
  if (child.exitCode === null) await once(child, "exit");
  return { code: child.exitCode, stdout, stderr };
}

async function runAgainst(
  changes: Partial<TaskBackend>,
  args: string[],
  surroundings?: Parameters<typeof run>[1],
) {
  const backend = await serve(serveTasks({ ...soundBackend(auth.url), ...changes }));
  try {
    return await run(["--api-url", backend.url, "--auth-url", auth.url, ...args], surroundings);
  } finally {
    await backend.close();
  }
}

const noSecret = (text: string) => {
  for (const { token } of auth.tables.session) assert.ok(!text.includes(token));
  assert.doesNotMatch(text, /session_token=[^…]{8}/);
};

describe("the command", () => {
  const local = ["--api-url", "http://localhost:8000"];
  const both = [...local, "--auth-url", "http://localhost:3000/api/auth"];
  const mistakes: [args: string[], message: RegExp, env?: Record<string, string>][] = [
    [[], /--api-url must be .* found nothing$/],
    [local, /--auth-url must be .* found nothing$/],
    [[...both, "--path", "/api/tasks"], /--path must be a path with {user_id} .* found "\/api/],
    [[...both, "--mode", "cookie"], /--mode must be session or jwt, found "cookie"$/],
    [[...both, "--origin", "https://x/"], /--origin must be an origin/],
    [[...both, "--password", "hush"], /Unknown option '--password'$/],
    [[...both, "--openapi", "/none"], /--openapi must be an OpenAPI document/],
    [
      both,
      /the identities must be two lines, .* found something else$/,
      { SALLYPORT_AUDIT_IDENTITIES: "ada@example.com hush" },
    ],
    [
      ["--api-url", "https://api.example.com", "--auth-url", "https://app.example.com/api/auth"],
      /--yes is needed to attack api\.example\.com and app\.example\.com$/,
    ],
  ];
  for (const [args, message, env] of mistakes) {
    test(`says in one line what is wrong with "${args.join(" ")}" ${Object.keys(env ?? {})}`, async () => {
      const { code, stdout, stderr } = await run(args, { env: env ?? {} });
      assert.equal(code, 2);
      assert.equal(stdout, "");
      assert.match(stderr.trimEnd(), message);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
      assert.ok(!stderr.includes(" hush"));
    });
  }

  test("ends with 0, in 80 columns, and says what it could not clean up", async () => {
    const { code, stdout, stderr } = await runAgainst({}, []);
    assert.equal(stderr, "");
    assert.equal(code, 0, stdout);
    assert.match(stdout, /Nothing is broken .*\d{3} cases/s);
    assert.match(stdout, /Left behind:\n {2}the user audit-\w+-a@example\.com: Better Auth's/);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, line);
    noSecret(stdout);
  });

  test("ends with 1 where something is broken, and names it in JSON", async () => {
    const { code, stdout } = await runAgainst({ mayAct: () => true }, ["--json"]);
    assert.equal(code, 1);
    const { verdict, counts } = JSON.parse(stdout);
    assert.equal(verdict, "broken");
    assert.ok(counts.fail > 20);
    noSecret(stdout);
  });

  test("ends with 2 where its own users get nothing, in one line", async () => {
    const { code, stdout, stderr } = await runAgainst({ identify: async () => undefined }, []);
    assert.equal(code, 2);
    assert.equal(stdout, "");
    assert.match(stderr, /^sallyport audit: cannot judge: GET .* answered 400 to its owner.*\n$/);
  });

  test("ends with 2 where nobody listens", async () => {
    const args = ["--api-url", "http://127.0.0.1:9", "--auth-url", "http://127.0.0.1:9/api/auth"];
    const { code, stderr } = await run(args);
    assert.equal(code, 2);
    assert.equal(stderr.trimEnd().split("\n").length, 1);
  });
});

describe("two users that were given", () => {
  let ada: SignedIn;
  let bob: SignedIn;
  before(async () => {
    [ada, bob] = [await auth.signUp("ada"), await auth.signUp("bob")];
  });

  test("keep their sessions and what they had, by password and by cookie", async () => {
    const password = "correct horse battery";
    const given = [
      {
        env: {
          SALLYPORT_AUDIT_IDENTITIES: `ada@example.com ${password}\nbob@example.com ${password}`,
        },
      },
      { input: `${ada.cookie}\n${bob.cookie}\n` },
    ];
    for (const surroundings of given) {
      const backend = await serve(serveTasks(soundBackend(auth.url)));
      const tasks = `${backend.url}/api/${ada.userId}/tasks`;
      const headers = { cookie: ada.cookie, "content-type": "application/json" };
      const body = JSON.stringify({ title: "bread" });
      await fetch(tasks, { method: "POST", headers, body });
      const addresses = ["--api-url", backend.url, "--auth-url", auth.url];
      const stdin = "input" in surroundings ? ["--identities-stdin"] : [];
      const { code, stdout } = await run([...addresses, ...stdin], surroundings);
      assert.equal(code, 0, stdout);
      noSecret(stdout);
      assert.ok(!stdout.includes(password));
      const left = await (await fetch(tasks, { headers })).json();
      await backend.close();
      assert.deepEqual(
        left.filter(({ title }: { title: string }) => /bread|audit-/.test(title)).length,
        1,
      );
    }
  });
});
