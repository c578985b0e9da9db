import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readdirSync, readFileSync, readlinkSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { type FakeBetterAuth, fakeBetterAuth } from "sallyport/testing";
import * as z from "zod";
import { listen } from "../test/listen.ts";

const serverPath = join(import.meta.dirname, "server.ts");
const logLine = z.object({ msg: z.string(), address: z.object({ port: z.number() }).optional() });

describe("the api's metrics", () => {
  let auth: FakeBetterAuth;
  let folder: string;
  let running: ChildProcess | undefined;

  before(async () => {
    auth = await fakeBetterAuth();
  });
  after(() => auth.close());
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "sallyport-metrics-"));
  });
  afterEach(async () => {
    if (running && running.exitCode === null && running.signalCode === null) {
      running.kill("SIGKILL");
      await once(running, "exit");
    }
    await rm(folder, { recursive: true });
  });

  function run(metricsPort: string) {
    const child = spawn(process.execPath, [serverPath], {
      stdio: ["ignore", "pipe", "pipe", "ipc"],
      env: {
        PATH: process.env.PATH,
        NODE_ENV: "test",
        API_PORT: "0",
        METRICS_PORT: metricsPort,
        DATA_DIR: folder,
        AUTH_INTERNAL_URL: auth.origin,
        SALLYPORT_SERVICE_KEY: auth.serviceKey,
      },
    });
    running = child;
    assert.ok(child.stdout && child.stderr && child.pid);
    return { child, pid: child.pid, stdout: child.stdout, stderr: child.stderr };
  }

  /** Runs until it listens, and says on which ports. */
  async function start(metricsPort: string) {
    const { child, pid, stdout } = run(metricsPort);
    let port: number | undefined;
    let ofMetrics: number | undefined;
    for await (const line of createInterface({ input: stdout })) {
      const { msg, address } = logLine.parse(JSON.parse(line));
      if (msg === "serving metrics") ofMetrics = address?.port;
      if (msg === "listening") port = address?.port;
      if (port !== undefined) break;
    }
    assert.ok(port, "it listens");
    return { child, pid, port, ofMetrics };
  }

  it("say how many requests came to which outcome, on a port of their own", async () => {
    const { child, port, ofMetrics } = await start("0");
    const ada = auth.signIn();
    const status = async (cookie?: string, path = `/api/${ada.user.id}/tasks`) => {
      const headers = cookie === undefined ? {} : { cookie };
      return (await fetch(`http://localhost:${port}${path}`, { headers })).status;
    };
    assert.equal(await status(ada.cookie), 200);
    assert.equal(await status(ada.cookie), 200);
    assert.equal(await status(), 401);
    assert.equal(await status(ada.cookie, "/api/somebody/tasks"), 403);
    await auth.fail("status-500");
    assert.equal(await status(ada.cookie), 503);
    await auth.recover();

    const answer = await fetch(`http://localhost:${ofMetrics}/metrics`);
    assert.equal(answer.status, 200);
    assert.match(answer.headers.get("content-type") ?? "", /^text\/plain/);
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
    const text = await answer.text();
    const counts = text.matchAll(
      /^sallyport_authenticate_duration_count\{.*?sallyport_outcome="(\w+)".*\} (\d+)$/gm,
    );
    assert.deepEqual(
      Object.fromEntries([...counts].map(([, outcome, count]) => [outcome, count])),
      {
        allowed: "2",
        credentials_missing: "1",
        user_mismatch: "1",
        authority_unavailable: "1",
      },
    );
    assert.match(text, /^sallyport_authenticate_active\{.*\} 0$/m);
    assert.match(text, /^sallyport_authority_available\{.*\} 1$/m);
    for (const told of [ada.user.id, ada.cookie, "k".repeat(43), folder]) {
      assert.ok(!text.includes(told), told);
    }

    assert.equal((await fetch(`http://localhost:${ofMetrics}/`)).status, 404);
    assert.equal(await status(undefined, "/metrics"), 404);

    child.kill("SIGTERM");
    const [code] = await once(child, "exit");
    assert.equal(code, 0);
  });

  it("are served nowhere unless METRICS_PORT is set", async () => {
    const { pid, port, ofMetrics } = await start("");
    assert.equal(ofMetrics, undefined);
    assert.deepEqual(portsListenedOn(pid), new Set([port]));
  });

  it("on a port that is taken are a start that fails, in one line", async () => {
    const holder = createServer();
    const taken = await listen(holder);
    try {
      const { child, stderr } = run(String(taken));
      let output = "";
      stderr.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
      });
      const [code] = await once(child, "close");
      assert.equal(code, 1);
      assert.match(
        output,
        /^Cannot start the api: port \d+ on localhost is taken; .* METRICS_PORT\.\n$/,
      );
    } finally {
      holder.close();
    }
  });
});

/** From Linux's own lists: sockets in state 0A (listening) that the process holds. */
function portsListenedOn(pid: number): Set<number> {
  const held = new Set(
    readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`)),
  );
  const sockets = ["tcp", "tcp6"]
    .flatMap((list) => readFileSync(`/proc/${pid}/net/${list}`, "utf8").trim().split("\n").slice(1))
    .map((line) => line.trim().split(/\s+/))
    .filter(([, , , state, , , , , , inode]) => state === "0A" && held.has(`socket:[${inode}]`));
  return new Set(sockets.map(([, address]) => Number.parseInt(address?.split(":")[1] ?? "", 16)));
}
