import assert from "node:assert/strict";
import { once } from "node:events";
import type { RequestListener, Server } from "node:http";
import { connect, type Socket } from "node:net";
import { afterEach, describe, it } from "node:test";
import { type ConnectionLimits, createBoundedServer } from "./bounded-server.ts";

/** What is not under test ends nothing. */
const wide: ConnectionLimits = {
  headerBytes: 16 * 1024,
  headersMs: 60_000,
  requestMs: 60_000,
  keepAliveMs: 60_000,
  stalledMs: 60_000,
  connectionMs: 60_000,
  connections: 100,
};
const boundedMs = 5_000;
const get = "GET / HTTP/1.1\r\nHost: x\r\n\r\n";
const post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n";

/** Answers when the body has come. */
const readAll: RequestListener = (request, response) => {
  request.on("error", () => {});
  request.resume().on("end", () => response.end("read"));
};

describe("what a stranger may take of a server", () => {
  let server: Server;
  const sockets: Socket[] = [];

  afterEach(async () => {
    for (const socket of sockets.splice(0)) socket.destroy();
    server.close();
    server.closeAllConnections();
    if (server.listening) await once(server, "close");
  });

  async function start(limits: Partial<ConnectionLimits>, listener = readAll) {
    server = createBoundedServer(listener, {
      limits: { ...wide, ...limits },
      refuse: (reason) => ({ status: 400, headers: { "X-Reason": reason }, body: reason }),
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
  }

  async function open(bytes = "") {
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    const socket = connect(address.port, "127.0.0.1");
    sockets.push(socket);
    socket.on("error", () => {});
    await once(socket, "connect");
    socket.write(bytes);
    return socket;
  }

  /** All that it is sent until it is cut, while it goes on sending. */
  async function untilCut(socket: Socket, dribble = "", everyMs = 20): Promise<string> {
    const sending = setInterval(() => socket.writable && socket.write(dribble), everyMs);
    const deadline = setTimeout(() => socket.destroy(new Error("it is not cut")), boundedMs);
    let text = "";
    socket.setEncoding("utf8").on("data", (chunk) => {
      text += chunk;
    });
    let failure: Error | undefined;
    socket.on("error", (error) => {
      failure = error;
    });
    // A reset is a way of being cut, too.
    if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
    clearInterval(sending);
    clearTimeout(deadline);
    assert.notEqual(failure?.message, "it is not cut");
    return text;
  }

  it("SEC23 headers that come a byte at a time are cut in bounded time", async () => {
    await start({ headersMs: 100 });
    assert.match(await untilCut(await open("GET / HTTP/1.1\r\nA: "), "a"), /request_timeout$/);
  });

  it("SEC23 so are those of a later request on the same connection", async () => {
    await start({ headersMs: 100 });
    const socket = await open(get);
    await once(socket, "data");
    socket.write("GET / HTTP/1.1\r\nA: ");
    assert.match(await untilCut(socket, "a"), /request_timeout$/);
  });

  it("SEC23 a body that comes a byte at a time is cut in bounded time", async () => {
    await start({ headersMs: 100, requestMs: 200 });
    assert.match(await untilCut(await open(post), "a"), /request_timeout$/);
  });

  it("SEC23 so is a chunked one without an end", async () => {
    await start({ headersMs: 100, requestMs: 200 });
    const chunked = "POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n";
    assert.match(await untilCut(await open(chunked), "1\r\na\r\n"), /request_timeout$/);
  });

  it("SEC23 a connection that says nothing is cut in bounded time", async () => {
    await start({ headersMs: 100 });
    await untilCut(await open());
  });

  it("SEC23 a connection without a further request is cut in bounded time", async () => {
    await start({ keepAliveMs: 100 });
    assert.match(await untilCut(await open(get)), /read$/);
  });

  it("SEC23 so is one that sends line ends for ever, which no other time-out sees", async () => {
    await start({ headersMs: 100, requestMs: 100, keepAliveMs: 100, connectionMs: 300 });
    assert.match(await untilCut(await open(get), "\r\n"), /read$/);
  });

  it("SEC23 a connection in use lasts longer than one without requests may", async () => {
    await start({ connectionMs: 300 });
    const socket = await open();
    const startedAt = performance.now();
    while (performance.now() - startedAt < 900) {
      socket.write(get);
      await once(socket, "data");
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    assert.equal(socket.destroyed, false);
  });

  it("SEC23 a client that does not read its answer is cut in bounded time", async () => {
    const { promise: cut, resolve, reject } = Promise.withResolvers<void>();
    await start({ stalledMs: 100 }, (_request, response) => {
      response.once("close", resolve);
      response.end(Buffer.alloc(64 * 1024 * 1024));
    });
    const socket = await open(get);
    socket.pause();
    const deadline = setTimeout(() => reject(new Error("it is not cut")), boundedMs);
    await cut;
    clearTimeout(deadline);
  });

  it("SEC23 a hundred slow clients hold nobody up", async () => {
    await start({ connections: 200 });
    const slow = await Promise.all(
      Array.from({ length: 100 }, (_, index) => open(index % 2 ? post : "GET / HTTP/1.1\r\n")),
    );
    const socket = await open(get);
    const [answer] = await once(socket, "data");
    assert.match(String(answer), /^HTTP\/1.1 200 /);
    assert.ok(slow.every(({ destroyed, bytesRead }) => !destroyed && bytesRead === 0));
  });

  it("SEC23 beyond the count of connections a further one is closed, and those at work go on", async () => {
    await start({ connections: 2 });
    const working = [await open(post), await open(post)];
    assert.equal(await untilCut(await open(get)), "");
    for (const socket of working) {
      socket.write("a".repeat(1_000));
      const [answer] = await once(socket, "data");
      assert.match(String(answer), /read$/);
    }
  });

  it("SEC23 connections that only sit there make room for others", async () => {
    await start({ connections: 2 });
    const idle = [await open(get), await open(get)];
    await Promise.all(idle.map((socket) => once(socket, "data")));
    const gone = idle.map((socket) => once(socket, "close"));
    await untilCut(await open(get));
    await Promise.all(gone);
    const [answer] = await once(await open(get), "data");
    assert.match(String(answer), /^HTTP\/1.1 200 /);
  });

  it("SEC24 what is no request is refused, but never into an answer that has begun", async () => {
    await start({}, (_request, response) => response.writeHead(200).write("the beginning"));
    assert.match(await untilCut(await open("no request\r\n\r\n")), /malformed_request$/);
    const socket = await open(get);
    await once(socket, "data");
    socket.write("no request\r\n\r\n");
    assert.equal(await untilCut(socket), "");
  });

  it("sees every one of thousands of small headers", async () => {
    await start({}, (request, response) => response.end(String(request.headers.last)));
    const many = "a:\r\n".repeat(2_500);
    const socket = await open(
      `GET / HTTP/1.1\r\nHost: x\r\n${many}Last: seen\r\nConnection: close\r\n\r\n`,
    );
    assert.match(await untilCut(socket), /seen$/);
  });
});
