import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { createPostgres, type TestDatabase } from "@sallyport/storage/testing";
import { listen } from "../test/listen.ts";
import { mintToken } from "../test/mint-token.ts";

const serverPath = join(import.meta.dirname, "server.ts");

describe("the api's process", () => {
  let database: TestDatabase;
  let folder: string;
  let running: ChildProcess | undefined;
  let output = "";

  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-api-"));
    output = "";
  });
  afterEach(async () => {
    if (running && running.exitCode === null && running.signalCode === null) {
      running.kill("SIGKILL");
      await once(running, "exit");
    }
    await rm(folder, { recursive: true });
  });

  function run(variables: Record<string, string | undefined>): ChildProcess {
    const child = spawn(process.execPath, [serverPath], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        PATH: process.env.PATH,
        API_PORT: "0",
        DATA_DIR: folder,
        DATABASE_URL: database.databaseUrl,
        SALLYPORT_SERVICE_KEY: "k".repeat(43),
        ...variables,
      },
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text) => {
        output += text;
      });
    }
    running = child;
    return child;
  }

  /** Runs until it listens, and says on which port. */
  async function start(variables: Record<string, string | undefined> = {}) {
    const child = run(variables);
    const gone = once(child, "close").then(() => assert.fail(`it ended: ${output}`));
    gone.catch(() => undefined);
    while (!output.includes("listening")) {
      assert.ok(child.stdout);
      await Promise.race([once(child.stdout, "data"), gone]);
    }
    const [, port] = /"port":(\d+)/.exec(output) ?? [];
    return { child, url: `http://localhost:${port}` };
  }

  async function assertRefuses(variables: Record<string, string | undefined>, message: RegExp) {
    const [code] = await once(run(variables), "close");
    assert.equal(code, 1);
    // Beside it may stand the log of a server that runs already.
    const said = output.split("\n").filter((line) => line !== "" && !line.startsWith("{"));
    assert.equal(said.length, 1, output);
    assert.match(said[0] ?? "", message);
  }

  it("does not start without a service key", () =>
    assertRefuses({ SALLYPORT_SERVICE_KEY: "" }, /^Cannot start the api: SALLYPORT_SERVICE_KEY/));

  it("does not start on a port that is taken", async () => {
    const holder = createServer();
    const port = await listen(holder);
    await assertRefuses({ API_PORT: `${port}` }, /^Cannot start the api: port \d+ .*API_PORT/);
    holder.close();
  });

  it("does not start on a data folder that cannot be written", async () => {
    await writeFile(join(folder, "file"), "");
    const DATA_DIR = join(folder, "file");
    await assertRefuses({ DATABASE_URL: "", DATA_DIR }, /^Cannot open storage: .*DATA_DIR/);
  });

  for (const [what, stop] of [
    ["SIGTERM", (child: ChildProcess) => child.kill("SIGTERM")],
    ["SIGINT", (child: ChildProcess) => child.kill("SIGINT")],
    ["the end of its parent", (child: ChildProcess) => child.disconnect()],
  ] as const) {
    it(`stops on ${what} with code 0 within 4 seconds`, async () => {
      const { child, url } = await start();
      const answer = await fetch(`${url}/healthz`);
      assert.deepEqual(await answer.json(), { status: "ok" });
      const startedAt = performance.now();
      stop(child);
      const [code] = await once(child, "exit");
      assert.equal(code, 0);
      assert.ok(performance.now() - startedAt < 4_000);
    });
  }

  it("answers 503 to everything protected while no Better Auth is there", async () => {
    const { url } = await start({ AUTH_INTERNAL_URL: "http://localhost:1" });
    const cookie = `better-auth.session_token=${"t".repeat(32)}.${"A".repeat(43)}=`;
    const answer = await fetch(`${url}/api/someone/tasks`, { headers: { cookie } });
    assert.equal(answer.status, 503);
  });

  const secret = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
  const key = Buffer.alloc(32, "a key of 32 bytes");
  const hkdf = {
    TOKEN_KEY_DERIVATION: "hkdf",
    SALLYPORT_TOKEN_KEY: key.toString("base64url"),
  };
  const warning = /BETTER_AUTH_SECRET has few different characters/g;
  const keys: [what: string, variables: Record<string, string>, signing: string | Buffer][] = [
    ["the secret", { BETTER_AUTH_SECRET: secret }, secret],
    ["the derived key alone", hkdf, key],
    [
      "a key that is on its way out",
      { ...hkdf, SALLYPORT_TOKEN_KEY: `${"A".repeat(42)}E,${hkdf.SALLYPORT_TOKEN_KEY}` },
      key,
    ],
    ["a secret of few characters", { BETTER_AUTH_SECRET: "abc".repeat(11) }, "abc".repeat(11)],
  ];
  for (const [what, variables, signing] of keys) {
    it(`in token mode starts, and says who is calling, with ${what} and no Better Auth`, async () => {
      const addresses = {
        BETTER_AUTH_URL: "http://nowhere.invalid",
        API_URL: "http://api.example",
      };
      const mode = { AUTH_MODE: "jwt", SALLYPORT_SERVICE_KEY: "" };
      const { url } = await start({ ...mode, ...addresses, ...variables });
      const iat = Math.floor(Date.now() / 1_000);
      const token = mintToken(signing, {
        sub: "someone",
        uid: "someone",
        iss: addresses.BETTER_AUTH_URL,
        aud: addresses.API_URL,
        iat,
        exp: iat + 300,
      });
      const statusOf = async (credential: string) => {
        const headers = { authorization: `Bearer ${credential}` };
        return (await fetch(`${url}/api/someone/tasks`, { headers })).status;
      };
      assert.equal(await statusOf(token), 200);
      assert.equal(await statusOf(`${token.slice(0, -2)}AA`), 401);
      assert.equal(output.match(warning)?.length, what.includes("few") ? 1 : undefined);
      assert.ok(!output.includes(String(signing)));
    });
  }

  it("SEC6 in token mode does not start without a secret", () =>
    assertRefuses(
      { AUTH_MODE: "jwt" },
      /^Cannot start the api: BETTER_AUTH_SECRET must be .* found nothing\.$/m,
    ));

  it("serves from an embedded database, and refuses a second start on it", async () => {
    const { url } = await start({ DATABASE_URL: "" });
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    const first = running;
    output = "";
    await assertRefuses({ DATABASE_URL: "" }, /^Cannot open storage: .* is in use/);
    assert.equal((await fetch(`${url}/readyz`)).status, 200);
    running = first;
  });
});
