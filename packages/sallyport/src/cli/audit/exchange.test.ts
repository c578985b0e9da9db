import assert from "node:assert/strict";
import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { createSend, type HttpRequest } from "./exchange.ts";

/** A server that answers each connection with these bytes, and what it was sent. */
async function startServer(t: TestContext, answer: string, { stays = false } = {}) {
  const received: string[] = [];
  const server = createServer((socket) => {
    socket.on("error", () => {});
    socket.once("data", (bytes) => {
      received.push(bytes.toString("latin1"));
      if (stays) socket.write(answer, "latin1");
      else socket.end(answer, "latin1");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(() => server.close());
  const { port } = server.address() as AddressInfo;
  return { url: new URL(`http://127.0.0.1:${port}`), received };
}

const get: HttpRequest = { method: "GET", target: "/", headers: [] };

describe("a request over a socket", () => {
  test("arrives as it was written: target, doubled headers and odd methods", async (t) => {
    const { url, received } = await startServer(t, "HTTP/1.1 204 No Content\r\n\r\n");
    await createSend(
      url,
      0,
    )({
      method: "GeT",
      target: "/a/../b\\%2e%00?x",
      headers: [
        ["Authorization", "one"],
        ["authorization", "two"],
      ],
      body: "é",
    });
    assert.equal(
      received[0],
      `GeT /a/../b\\%2e%00?x HTTP/1.1\r\nHost: ${url.host}\r\nAuthorization: one\r\n` +
        "authorization: two\r\nContent-Length: 2\r\nConnection: close\r\n\r\nÃ©",
    );
  });

  const answers: [what: string, bytes: string, body: string][] = [
    ["by its length", "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nokAY", "ok"],
    [
      "in chunks",
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n",
      "ok",
    ],
    [
      "after an interim one",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok",
      "ok",
    ],
  ];
  for (const [what, bytes, body] of answers) {
    test(`gets its answer ${what}, though the connection stays open`, {
      timeout: 5_000,
    }, async (t) => {
      const { url } = await startServer(t, bytes, { stays: true });
      const answer = await createSend(url, 0)(get);
      assert.ok("status" in answer);
      assert.deepEqual([answer.status, answer.body], [200, body]);
    });
  }

  test("gets an answer that ends with its connection", async (t) => {
    const { url } = await startServer(t, "HTTP/1.0 200 OK\r\n\r\nsome bytes");
    const answer = await createSend(url, 0)(get);
    assert.equal("body" in answer && answer.body, "some bytes");
  });

  test("is met with silence where nobody answers in HTTP, or at all", async (t) => {
    const { url } = await startServer(t, "220 smtp ready\r\n");
    assert.ok("silence" in (await createSend(url, 0)(get)));
    assert.ok("silence" in (await createSend(new URL("http://127.0.0.1:9"), 0)(get)));
  });

  test("keeps its distance from the one before", async (t) => {
    const { url } = await startServer(t, "HTTP/1.1 204 No Content\r\n\r\n");
    const send = createSend(url, 50);
    const startedAt = performance.now();
    for (let count = 0; count < 5; count++) await send(get);
    assert.ok(performance.now() - startedAt >= 4 * 49);
  });
});
