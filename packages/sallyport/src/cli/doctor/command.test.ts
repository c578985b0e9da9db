import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { describe, type TestContext, test } from "node:test";
import * as z from "zod";
import { account, type SetUp, type SetUpOptions, startSetUp } from "../../../test/set-up.ts";

const main = join(import.meta.dirname, "../main.ts");
const password = `${account.password}\n`;

async function doctor(args: string[], input = "", env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, "doctor", ...args], {
    env: { PATH: process.env.PATH, ...env },
  });
  // It may have no use for it.
  child.stdin.on("error", () => {});
  child.stdin.end(input);
  const [stdout, stderr, [status]] = await Promise.all([
    text(child.stdout),
    text(child.stderr),
    once(child, "exit"),
  ]);
  return { status, stdout, stderr };
}

async function start(t: TestContext, options: SetUpOptions = {}) {
  const setUp = await startSetUp(options);
  t.after(setUp.close);
  return setUp;
}

function toldAll({ config }: SetUp) {
  const { authUrl, apiUrl = "" } = config;
  const signIn = ["--email", account.email, "--password-stdin"];
  return ["--auth-url", authUrl, "--api-url", apiUrl, ...signIn];
}

const secretsOf = ({ config }: SetUp): NodeJS.ProcessEnv => ({
  BETTER_AUTH_SECRET: config.secret,
  SALLYPORT_SERVICE_KEY: config.serviceKey,
});

const report = z.strictObject({
  isHealthy: z.boolean(),
  authUrl: z.string(),
  apiUrl: z.string().nullable(),
  mode: z.enum(["session", "jwt"]),
  findings: z.array(
    z.strictObject({
      id: z.string(),
      severity: z.enum(["error", "warning", "advice"]),
      title: z.string().regex(/^[A-Zg].*\.$/),
      found: z.string().regex(/\.$/),
      mend: z.string(),
      documentation: z.url(),
    }),
  ),
  unchecked: z.array(z.strictObject({ check: z.string(), why: z.string() })),
  measurements: z.strictObject({
    lookUps: z.strictObject({ count: z.number(), p50Ms: z.number(), p95Ms: z.number() }).optional(),
  }),
});

describe("sallyport doctor", () => {
  test("is content with a healthy set-up, and ends with 0", async (t) => {
    const setUp = await start(t);
    const { authUrl, apiUrl = "" } = setUp.config;
    const addresses = ["--auth-url", authUrl, "--api-url", apiUrl];
    const { status, stdout, stderr } = await doctor(addresses, "", secretsOf(setUp));
    assert.equal(stderr, "");
    assert.match(stdout, /\n✔ Nothing wrong was found\.\n/);
    assert.equal(status, 0);
  });

  test("makes every check with an account, says how long look-ups take, and signs out", async (t) => {
    const setUp = await start(t);
    const { stdout } = await doctor(toldAll(setUp), password, secretsOf(setUp));
    assert.match(stdout, /\n100 look-ups from here: P50 [\d.]+ ms, P95 [\d.]+ ms\.\n/);
    assert.match(stdout, /\n(\d+) of \1 checks were made\.\n/);
    assert.deepEqual(setUp.tables.session, []);
  });

  test("says what is wrong, and what was not checked and why, and ends with 1", async (t) => {
    const { config } = await start(t, { withPlugin: false });
    const { status, stdout } = await doctor(["--auth-url", config.authUrl]);
    assert.equal(status, 1);
    assert.match(stdout, /● Better Auth is without the sallyport\(\) plugin\.\n {2}Found {2}POST/);
    assert.match(stdout, /1 piece of advice\./);
    assert.match(stdout, /- add --api-url, for/);
    assert.match(stdout, /- add --email and --password-stdin, for/);
    const long = stdout.split("\n").filter((line) => line.length > 80 && !line.includes("https:"));
    assert.deepEqual(long, []);
    assert.ok(!stdout.includes("\u001b"), "no colours where nobody sees them");
  });

  test("says it as one JSON document", async (t) => {
    const { config } = await start(t, { withPlugin: false });
    const { status, stdout } = await doctor(["--auth-url", config.authUrl, "--json"]);
    assert.equal(status, 1);
    const { isHealthy, findings, unchecked } = report.parse(JSON.parse(stdout));
    assert.equal(isHealthy, false);
    assert.deepEqual(
      findings.map(({ id }) => id),
      ["plugin-missing"],
    );
    assert.ok(unchecked.some(({ check }) => check === "signing in"));
  });

  test("shows no password, cookie, secret or key, whatever it finds", async (t) => {
    const setUp = await start(t, {
      withPlugin: false,
      auth: () => ({ session: { cookieCache: { enabled: true } } }),
    });
    const cookies: string[] = [];
    const args = toldAll(setUp);
    for (const format of [[], ["--json"]]) {
      const { stdout, stderr } = await doctor([...args, ...format], password, {
        ...secretsOf(setUp),
        BETTER_AUTH_SECRET: "another secret of these tests, 0123456789",
      });
      assert.match(stdout, /secret/);
      cookies.push(stdout + stderr);
    }
    for (const output of cookies) {
      for (const secret of [account.password, "another secret of", setUp.config.serviceKey ?? ""]) {
        assert.ok(!output.includes(secret));
      }
      assert.doesNotMatch(output, /[\w-]{32}\.[\w+/]{43}/);
    }
  });

  test("ends its session when it is told to stop", async (t) => {
    const asked = Promise.withResolvers<void>();
    const setUp = await start(t, {
      front({ url }) {
        if (!url?.endsWith("/sallyport/sessions")) return false;
        if (setUp.tables.session.length > 0) asked.resolve();
        return setUp.tables.session.length > 0;
      },
    });
    const child = spawn(process.execPath, [main, "doctor", ...toldAll(setUp)], {
      env: { PATH: process.env.PATH, SALLYPORT_SERVICE_KEY: setUp.config.serviceKey },
      stdio: ["pipe", "ignore", "inherit"],
    });
    child.stdin.end(password);
    const exit = once(child, "exit");
    await asked.promise;
    child.kill("SIGINT");
    assert.deepEqual(await exit, [1, null]);
    assert.deepEqual(setUp.tables.session, []);
  });
});

describe("sallyport doctor over https", () => {
  async function findingsOf(t: TestContext, options: SetUpOptions) {
    const setUp = await start(t, { ...options, https: true });
    const folder = await mkdtemp(join(tmpdir(), "sallyport-doctor-"));
    t.after(() => rm(folder, { recursive: true }));
    const certificate = join(folder, "certificate.pem");
    await writeFile(certificate, setUp.certificate ?? "");
    const { stdout } = await doctor([...toldAll(setUp), "--json"], password, {
      ...secretsOf(setUp),
      NODE_EXTRA_CA_CERTS: certificate,
    });
    const { findings } = report.parse(JSON.parse(stdout));
    // A machine may be busy.
    return findings.map(({ id }) => id).filter((id) => id !== "look-ups-slow");
  }

  test("finds nothing wrong with a healthy set-up", async (t) => {
    assert.deepEqual(await findingsOf(t, {}), []);
  });

  test("finds forwarded-proto where Better Auth knows nothing of the proxy, and nothing else", async (t) => {
    const auth = () => ({ baseURL: undefined, advanced: { useSecureCookies: true } });
    assert.deepEqual(await findingsOf(t, { auth }), ["forwarded-proto"]);
  });

  test("finds cookie-not-secure where cookies are set without Secure, and nothing else", async (t) => {
    const auth = () => ({ advanced: { useSecureCookies: false } });
    assert.deepEqual(await findingsOf(t, { auth }), ["cookie-not-secure"]);
  });

  test("finds auth-unreachable where the certificate is one that Node does not trust", async (t) => {
    const { config } = await start(t, { https: true });
    const { stdout } = await doctor(["--auth-url", config.authUrl]);
    assert.match(stdout, /Better Auth cannot be reached\..*NODE_EXTRA_CA_CERTS/s);
  });
});

describe("sallyport doctor as it was not meant", () => {
  const address = ["--auth-url", "http://127.0.0.1:9/api/auth"];
  const mistakes: [args: string[], message: RegExp, env?: NodeJS.ProcessEnv][] = [
    [[], /--auth-url must be an http\(s\) address .*, found nothing$/],
    [["--auth-url", "localhost:3000"], /--auth-url must be .*, found "localhost:3000"$/],
    [["--auth-url", "http://x/?a=b"], /--auth-url must be/],
    [[...address, "--api-url", "x"], /--api-url must be/],
    [[...address, "--origin", "http://x/"], /--origin must be an origin .*, found "http:\/\/x\/"$/],
    [[...address, "--email", "a@example.com"], /--email and --password-stdin go together$/],
    [[...address, "--password-stdin"], /--email and --password-stdin go together$/],
    [[...address, "--mode", "x"], /--mode must be session or jwt, found "x"$/],
    [[...address, "--cookie-name", "a b"], /--cookie-name must be a cookie's name, found "a b"$/],
    [[...address, "--password", "hush-hush"], /Unknown option '--password'$/],
    [
      [...address, "--email", "a@example.com", "--password-stdin"],
      /--password-stdin wants a password, found nothing$/,
    ],
    [
      address,
      /SALLYPORT_SERVICE_KEY must be .* found something else$/,
      { SALLYPORT_SERVICE_KEY: "hush-hush" },
    ],
  ];
  for (const [args, message, env] of mistakes) {
    test(`says in one line what is wrong with "${args.join(" ")}" ${Object.keys(env ?? {})}`, async () => {
      const { status, stdout, stderr } = await doctor(args, "", env);
      assert.equal(status, 2);
      assert.equal(stdout, "");
      assert.match(stderr, /^sallyport doctor: .*\n$/);
      assert.match(stderr.trimEnd(), message);
      assert.ok(!stderr.includes("hush-hush"));
    });
  }

  test("says what each option does", async () => {
    const { status, stdout } = await doctor(["--help"]);
    assert.equal(status, 0);
    assert.match(stdout, /^Usage: sallyport doctor --auth-url URL/);
    assert.ok(stdout.split("\n").every((line) => line.length <= 100));
  });
});
