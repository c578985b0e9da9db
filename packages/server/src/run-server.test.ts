import assert from "node:assert/strict";
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { Agent, type ClientRequest, get, type IncomingMessage } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";

const file = join(import.meta.dirname, "../test/slow-server.ts");

describe("a server that is told to stop", () => {
  let child: ChildProcess;
  let port: number;
  let output: string;
  let agent: Agent;
  let stoppedAt: number;
  let gone: Promise<unknown[]>;

  beforeEach(async () => {
    output = "";
    agent = new Agent({ keepAlive: true });
    child = spawn(process.execPath, [file], { stdio: ["ignore", "pipe", "inherit"] });
    child.stdout?.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
    gone = once(child, "exit");
    await untilLogged("listening");
    port = Number(/"port":(\d+)/.exec(output)?.[1]);
  });
  afterEach(async () => {
    agent.destroy();
    child.kill("SIGKILL");
    await gone;
  });

  async function untilLogged(message: string): Promise<void> {
    assert.ok(child.stdout);
    while (!output.includes(`"msg":"${message}"`)) await once(child.stdout, "data");
  }

  function send(path: string): ClientRequest {
    return get({ host: "127.0.0.1", port, path, agent });
  }

  async function answerTo(request: ClientRequest): Promise<IncomingMessage> {
    const [response]: IncomingMessage[] = await once(request, "response");
    assert.ok(response);
    response.resume();
    await once(response, "end");
    return response;
  }

  async function stop(): Promise<void> {
    stoppedAt = performance.now();
    child.kill("SIGTERM");
    await untilLogged("stopping");
  }

  /** Whether a new connection is. */
  async function isRefused(): Promise<boolean> {
    const socket = connect(port, "127.0.0.1");
    const isOpen = await once(socket, "connect").then(
      () => true,
      () => false,
    );
    socket.destroy();
    return !isOpen;
  }

  async function untilRefused(): Promise<void> {
    while (!(await isRefused())) await setTimeout(10);
  }

  async function assertEndsWithin(ms: number): Promise<void> {
    assert.deepEqual(await gone, [0, null]);
    const took = performance.now() - stoppedAt;
    assert.ok(took < ms, `${took} ms`);
  }

  it("ends at once if nobody has asked anything", async () => {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    await stop();
    await assertEndsWithin(500);
    assert.match(output, /"msg":"closed"/);
    socket.destroy();
  });

  it("ends soon after the last request, idle connections or not", async () => {
    await answerTo(send("/0"));
    await stop();
    await assertEndsWithin(2_000);
  });

  it("is no longer ready, but serves on while requests come", async () => {
    await stop();
    const answers = new Set<string>();
    for (let tries = 0; tries < 10; tries++) {
      const [ready, other] = await Promise.all([answerTo(send("/readyz")), answerTo(send("/20"))]);
      answers.add(`${ready.statusCode} ${other.statusCode}`);
    }
    assert.deepEqual([...answers], ["503 200"]);
    await assertEndsWithin(3_000);
  });

  it("finishes what is running, says that it was the last answer, and lets nobody in meanwhile", async () => {
    const running = send("/2000");
    await once(running, "finish");
    await answerTo(send("/0"));
    await stop();
    await untilRefused();
    const response = await answerTo(running);
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.connection, "close");
    await assertEndsWithin(4_000);
  });

  it("answers what still comes on connections that it had, each with a last answer", async () => {
    const running = send("/2000");
    await Promise.all([answerTo(send("/0")), answerTo(send("/0")), once(running, "finish")]);
    await stop();
    await untilRefused();
    const response = await answerTo(send("/0"));
    assert.equal(response.statusCode, 200);
    assert.equal(response.headers.connection, "close");
    await answerTo(running);
    await assertEndsWithin(4_000);
  });

  it("cuts what runs on and on, and ends with code 0 within four seconds", async () => {
    const endless = send("/60000");
    await once(endless, "finish");
    await answerTo(send("/0"));
    const cut = assert.rejects(answerTo(endless), { code: "ECONNRESET" });
    await stop();
    await assertEndsWithin(4_000);
    await cut;
    assert.match(output, /"msg":"closed"/);
  });
});
