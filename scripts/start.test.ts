import assert from "node:assert/strict";
import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { freePorts } from "./port.ts";
import { rootFolder } from "./root-folder.ts";

// Empty counts as unset and keeps a developer's own `.env` out of the tests.
const neutral = {
  NODE_ENV: "",
  HOST: "",
  DATABASE_URL: "",
  BETTER_AUTH_SECRET: "",
  BETTER_AUTH_URL: "",
  API_URL: "",
  AUTH_INTERNAL_URL: "",
  AUTH_MODE: "",
  TOKEN_KEY_DERIVATION: "",
  METRICS_PORT: "",
  COOKIE_DOMAIN: "",
  TRUSTED_ORIGINS: "",
};

let folder: string;
let variables: { WEB_PORT: string; API_PORT: string; DATA_DIR: string };
let launchers: ChildProcess[];

// One folder for all: a database that exists starts several times faster than a new one.
before(() => {
  folder = mkdtempSync(join(tmpdir(), "sallyport-start-"));
});

beforeEach(async () => {
  variables = { ...(await portVariables()), DATA_DIR: join(folder, "data") };
  launchers = [];
});

afterEach(async () => {
  for (const launcher of launchers.filter(isRunning)) {
    launcher.kill("SIGTERM");
    await once(launcher, "exit");
  }
});

after(() => rmSync(folder, { recursive: true }));

describe("npm start", () => {
  for (const signal of ["SIGTERM", "SIGINT"] as const) {
    test(`stops on ${signal} within 5 s, with exit code 0 and no process left`, async () => {
      const { launcher, servers } = await startUntilReady();
      const signalledAt = performance.now();
      launcher.kill(signal);
      assert.deepEqual(await once(launcher, "exit"), [0, null]);
      assert.ok(performance.now() - signalledAt < 5_000);
      assert.deepEqual(servers.filter(isAlive), []);
    });
  }

  test("leaves no process when it is killed by SIGKILL", async () => {
    const { launcher, servers } = await startUntilReady();
    launcher.kill("SIGKILL");
    await once(launcher, "exit");
    const deadline = performance.now() + 5_000;
    while (servers.some(isAlive) && performance.now() < deadline) {
      await setTimeout(50);
    }
    assert.deepEqual(servers.filter(isAlive), []);
  });

  test("stops everything with exit code 1, and says so, when a server dies", async () => {
    const { launcher, servers, output } = await startUntilReady();
    const [victim] = servers;
    assert.ok(victim);
    process.kill(victim, "SIGKILL");
    assert.deepEqual(await once(launcher, "exit"), [1, null]);
    assert.match(output(), /The (web|api) stopped \(ended by SIGKILL\)/);
    assert.deepEqual(servers.filter(isAlive), []);
  });

  test("makes a development secret that only its owner can read, and keeps it", async () => {
    const path = join(variables.DATA_DIR, "development-secret");
    const first = await startUntilReady();
    assert.equal(statSync(path).mode & 0o777, 0o600);
    const secret = readFileSync(path, "utf8");
    assert.match(secret, /^[\w-]{43}$/);
    first.launcher.kill("SIGTERM");
    await once(first.launcher, "exit");
    await startUntilReady();
    assert.equal(readFileSync(path, "utf8"), secret);
  });

  test("refuses a damaged development secret with one line that names the file", async () => {
    const DATA_DIR = mkdtempSync(join(folder, "damaged-"));
    writeFileSync(join(DATA_DIR, "development-secret"), `${"s".repeat(40)}\0\n`);
    const { code, output } = await startUntilExit({ DATA_DIR });
    assert.equal(code, 1);
    assert.match(output, /^The development secret in \S*development-secret is damaged: delete it/);
    assert.equal(output.trimEnd().split("\n").length, 1);
    assert.ok(!output.includes("sss"));
  });

  test("gives the secret to web alone, and shows it nowhere", async () => {
    const { servers, output } = await startUntilReady();
    const secret = readFileSync(join(variables.DATA_DIR, "development-secret"), "utf8");
    if (process.platform === "linux") {
      const holders = servers.filter((pid) =>
        readFileSync(`/proc/${pid}/environ`, "utf8").includes(secret),
      );
      assert.equal(holders.length, 1);
    }
    for (const name of ["web", "api"]) {
      const log = readFileSync(join(variables.DATA_DIR, "logs", `${name}.log`), "utf8");
      assert.ok(!log.includes(secret));
    }
    assert.ok(!output().includes(secret));
  });

  test("refuses a second start on the same data folder, also with other ports", async () => {
    const { launcher } = await startUntilReady();
    const second = await startUntilExit(await portVariables());
    assert.equal(second.code, 1);
    assert.match(second.output, /^The data folder \S+ is in use by another start: .+\n$/);
    assert.ok(isRunning(launcher));
  });

  for (const variable of ["WEB_PORT", "API_PORT"] as const) {
    for (const host of ["127.0.0.1", "::1", "::"]) {
      test(`refuses a ${variable} that is taken on ${host}`, async (t) => {
        const stranger = createServer().listen(0, host);
        try {
          await once(stranger, "listening");
        } catch {
          return t.skip(`this machine has no ${host}`);
        }
        t.after(() => stranger.close());
        const address = stranger.address();
        assert.ok(address && typeof address === "object");
        const { code, output } = await startUntilExit({ [variable]: String(address.port) });
        assert.equal(code, 1);
        assert.match(
          output,
          new RegExp(`^Port ${address.port} is already in use: .+${variable}.\n$`),
        );
      });
    }
  }

  const misconfigured: [string, Record<string, string>, RegExp][] = [
    ["a data folder under a file", { DATA_DIR: "package.json/data" }, /^Cannot write to the data/],
    ["a data folder where none can be", { DATA_DIR: "/proc/data" }, /^Cannot write to the data/],
    ["production without a secret", { NODE_ENV: "production" }, /^BETTER_AUTH_SECRET is not set/],
    [
      "a short secret",
      { BETTER_AUTH_SECRET: "short" },
      /^BETTER_AUTH_SECRET must have at least 32/,
    ],
    ["a port that is no number", { WEB_PORT: "web" }, /^WEB_PORT must be a port number/],
    [
      "one port for both",
      { WEB_PORT: "4000", API_PORT: "4000" },
      /^WEB_PORT and API_PORT are both/,
    ],
  ];
  for (const [what, overrides, line] of misconfigured) {
    test(`refuses ${what} with one line`, async () => {
      const { code, output } = await startUntilExit(overrides);
      assert.equal(code, 1);
      assert.match(output, line);
      assert.equal(output.trimEnd().split("\n").length, 1);
    });
  }
});

async function portVariables(): Promise<{ WEB_PORT: string; API_PORT: string }> {
  const [web, api] = await freePorts(2);
  return { WEB_PORT: String(web), API_PORT: String(api) };
}

function start(overrides: Record<string, string> = {}): {
  launcher: ChildProcess;
  output(): string;
} {
  const launcher = spawn(process.execPath, ["scripts/start.ts"], {
    cwd: rootFolder,
    env: { ...process.env, ...neutral, ...variables, ...overrides },
    stdio: ["ignore", "pipe", "pipe"],
  });
  launchers.push(launcher);
  let text = "";
  for (const stream of [launcher.stdout, launcher.stderr]) {
    stream?.setEncoding("utf8").on("data", (chunk: string) => {
      text += chunk;
      launcher.emit("output");
    });
  }
  return { launcher, output: () => text };
}

async function startUntilReady(): Promise<{
  launcher: ChildProcess;
  servers: number[];
  output(): string;
}> {
  const { launcher, output } = start();
  while (!output().includes("Stop it with")) {
    await Promise.race([once(launcher, "output"), once(launcher, "exit")]);
    assert.ok(isRunning(launcher), output());
  }
  const servers = childrenOf(launcher);
  assert.equal(servers.length, 2);
  return { launcher, servers, output };
}

async function startUntilExit(
  overrides: Record<string, string>,
): Promise<{ code: unknown; output: string }> {
  const { launcher, output } = start(overrides);
  const [code]: unknown[] = await once(launcher, "close");
  return { code, output: output() };
}

function isRunning(launcher: ChildProcess): boolean {
  return launcher.exitCode === null && launcher.signalCode === null;
}

function childrenOf({ pid }: ChildProcess): number[] {
  return processes()
    .filter(({ parent }) => parent === pid)
    .map((child) => child.pid);
}

function isAlive(pid: number): boolean {
  return processes().some((process) => process.pid === pid && !process.state.startsWith("Z"));
}

function processes(): { pid: number; parent: number; state: string }[] {
  const table = execFileSync("ps", ["-A", "-o", "pid=,ppid=,stat="], { encoding: "utf8" });
  return table
    .trim()
    .split("\n")
    .map((line) => {
      const [pid, parent, state = ""] = line.trim().split(/\s+/);
      return { pid: Number(pid), parent: Number(parent), state };
    });
}
