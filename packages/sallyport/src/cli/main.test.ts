import assert from "node:assert/strict";
import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, type TestContext, test } from "node:test";
import { z } from "zod";
import { createScratchProject, run } from "../../test/scratch-project.ts";
import { fakeBetterAuth } from "../testing.ts";

const main = join(import.meta.dirname, "main.ts");

function sallyport(args: string[], env: NodeJS.ProcessEnv = {}) {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    env: { PATH: process.env.PATH, ...env },
    encoding: "utf8",
    timeout: 20_000,
  });
  return { status, stdout, stderr };
}

describe("the command", () => {
  const gateway = ["gateway", "--auth-url", "http://localhost:3000/api/auth"];
  const tokens = [...gateway, "--mode", "jwt", "--audience", "x"];
  const mistakes: [args: string[], message: RegExp, env?: NodeJS.ProcessEnv][] = [
    [[], /^sallyport: there is no such command; there is: doctor, audit, gateway$/],
    [["toString"], /no such command/],
    [["gateway"], /^sallyport gateway: --auth-url must be .* found nothing$/],
    [["gateway", "--auth-url", "localhost:3000"], /--auth-url must be .* found "localhost:3000"$/],
    [[...gateway, "--pubic", "/x"], /Unknown option '--pubic'$/],
    [[...gateway, "surplus"], /Unexpected argument 'surplus'/],
    [[...gateway, "--port", "80a"], /--port must be a port number from 0 to 65535, found "80a"$/],
    [[...gateway, "--port", "65536"], /--port must be/],
    [[...gateway, "--mode", "cookie"], /--mode must be session or jwt, found "cookie"$/],
    [[...gateway, "--upstream", "http://x/path"], /--upstream must be an address without a path/],
    [[...gateway, "--trusted-origin", "https://x/"], /--trusted-origin must be .* found "https:/],
    [[...gateway, "--owner", "/api/**"], /--owner must name {user_id} once, found "\/api\/\*\*"$/],
    [[...gateway, "--owner", "api/{id}"], /--owner must be a path that begins with \//],
    [[...gateway, "--owner", "/a/**/{id}"], /--owner must be a path of plain segments/],
    [[...gateway, "--owner", "/a/{a}/{b}"], /--owner must name {user_id} once/],
    [[...gateway, "--public", "/x/{id}"], /--public must not name an owner/],
    [[...gateway, "--public", "get /x"], /--public must be a path/],
    [[...gateway, "--mode", "jwt"], /--mode jwt needs --audience/],
    [tokens, /--mode jwt needs SALLYPORT_TOKEN_KEY or BETTER_AUTH_SECRET/],
    [
      tokens,
      /^\S+ \S+ BETTER_AUTH_SECRET must be .* found something else$/,
      { BETTER_AUTH_SECRET: "hush-hush" },
    ],
    [
      gateway,
      /SALLYPORT_SERVICE_KEY must be .* something else$/,
      { SALLYPORT_SERVICE_KEY: "hush-hush" },
    ],
    [
      gateway,
      /SALLYPORT_ASSERTION_KEY must be .* something else$/,
      { SALLYPORT_ASSERTION_KEY: "hush-hush" },
    ],
  ];
  for (const [args, message, env] of mistakes) {
    test(`says in one line what is wrong with "sallyport ${args.join(" ")}" ${Object.keys(env ?? {})}`, () => {
      const { status, stdout, stderr } = sallyport(args, env);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr.trimEnd(), message);
      assert.equal(stderr.trimEnd().split("\n").length, 1);
      assert.ok(!stderr.includes("hush"));
    });
  }

  test("says what there is, and what each option does", () => {
    assert.match(sallyport(["--help"]).stdout, /gateway\s+forward-auth/);
    const { status, stdout } = sallyport(["gateway", "--help"]);
    assert.equal(status, 0);
    for (const option of [
      "--auth-url",
      "--owner",
      "--public",
      "--upstream",
      "SALLYPORT_SERVICE_KEY",
    ]) {
      assert.ok(stdout.includes(option), option);
    }
  });

  test("is in the tarball, and runs", async (t) => {
    const project = await createScratchProject();
    t.after(project.remove);
    const help = await run("npx", ["--no-install", "sallyport", "gateway", "--help"], {
      cwd: project.folder,
    });
    assert.match(help, /Usage: sallyport gateway/);
  });
});

const listening = z.object({
  event: z.literal("listening"),
  address: z.object({ address: z.literal("127.0.0.1"), port: z.number() }),
});

async function startProcess(t: TestContext, args: string[]) {
  const child: ChildProcess = spawn(process.execPath, [main, "gateway", ...args, "--port", "0"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  t.after(() => child.kill("SIGKILL"));
  assert.ok(child.stdout);
  const lines = createInterface({ input: child.stdout });
  const [line]: unknown[] = await once(lines, "line");
  const { port } = listening.parse(JSON.parse(String(line))).address;
  return { child, origin: `http://127.0.0.1:${port}`, port };
}

describe("the gateway as a process", () => {
  test("listens on loopback, says that it is ready, and ends with 0 when it is told to", async (t) => {
    const auth = await fakeBetterAuth();
    t.after(auth.close);
    const { child, origin } = await startProcess(t, ["--auth-url", auth.url]);
    assert.deepEqual(await (await fetch(`${origin}/healthz`)).json(), { status: "ok" });
    const ready = await fetch(`${origin}/readyz`);
    assert.deepEqual(await ready.json(), { status: "ready", authority: "ok" });
    const gone = once(child, "exit");
    child.kill("SIGTERM");
    let stopping = await fetch(`${origin}/readyz`);
    while (stopping.ok) stopping = await fetch(`${origin}/readyz`);
    assert.equal(stopping.status, 503);
    assert.deepEqual(await gone, [0, null]);
  });

  test("a request that is under way when it is told to stop gets its answer", async (t) => {
    const auth = await fakeBetterAuth();
    t.after(auth.close);
    const { child, origin } = await startProcess(t, ["--auth-url", auth.url]);
    const ada = auth.signIn();
    const asked = Promise.withResolvers<() => void>();
    await auth.fail((_request, response) => asked.resolve(() => response.writeHead(500).end()));
    const headers = { cookie: ada.cookie, "x-original-uri": "/", "x-original-method": "GET" };
    const answer = fetch(`${origin}/forward-auth`, { headers });
    const answerLookUp = await asked.promise;
    child.kill("SIGTERM");
    const gone = once(child, "exit");
    answerLookUp();
    assert.equal((await answer).status, 503);
    assert.deepEqual(await gone, [0, null]);
  });

  test("a port that is taken is one line and exit code 1", async (t) => {
    const { port } = await startProcess(t, ["--auth-url", "http://127.0.0.1:9/api/auth"]);
    const url = "http://127.0.0.1:9/api/auth";
    const second = sallyport(["gateway", "--auth-url", url, "--port", String(port)]);
    assert.equal(second.status, 1);
    assert.match(second.stderr, /^sallyport gateway: .*EADDRINUSE.*\n$/);
  });
});
