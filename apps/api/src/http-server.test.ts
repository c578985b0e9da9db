import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { after, before, describe, it } from "node:test";
import { createLog } from "@sallyport/server";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { listen } from "../test/listen.ts";
import { createHttpServer } from "./http-server.ts";

describe("the HTTP server", () => {
  let api: ApiServer;
  let ada: SignedUp;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
  });
  after(() => api.stop());

  async function open(bytes: string, port = api.port): Promise<Socket> {
    const socket = connect(port, "localhost");
    await once(socket, "connect");
    socket.write(bytes, "latin1");
    return socket;
  }

  /** Everything the server answers to these bytes until it closes the connection. */
  async function answerTo(bytes: string, port?: number): Promise<string> {
    const socket = await open(bytes, port);
    let text = "";
    for await (const chunk of socket.setEncoding("utf8")) text += chunk;
    return text;
  }

  function assertProblem(answer: string, status: number, errorCode: string): void {
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /^content-type: application\/problem\+json$/im);
    assert.match(head, /^cache-control: no-store$/im);
    assert.match(head, /^x-content-type-options: nosniff$/im);
    assert.match(head, /^x-request-id: [\w-]+$/im);
    assert.partialDeepStrictEqual(JSON.parse(body), { status, error_code: errorCode });
  }

  const brief = {
    headerBytes: 16 * 1024,
    headersMs: 100,
    requestMs: 200,
    keepAliveMs: 100,
    stalledMs: 5_000,
    connectionMs: 5_000,
    connections: 10,
  };
  const close = "Connection: close\r\n\r\n";

  it("SEC23 refuses headers over 16 KB with 431", async () => {
    const answer = await answerTo(
      `GET / HTTP/1.1\r\nHost: x\r\nA: ${"a".repeat(17_000)}\r\n${close}`,
    );
    assertProblem(answer, 431, "headers_too_large");
  });

  it("SEC23 refuses a request line over 16 KB with 431", async () => {
    const answer = await answerTo(`GET /${"a".repeat(17_000)} HTTP/1.1\r\nHost: x\r\n${close}`);
    assertProblem(answer, 431, "headers_too_large");
  });

  it("sees every one of thousands of small headers", async () => {
    const many = "a:\r\n".repeat(2_500);
    const path = `/api/${ada.userId}/tasks`;
    const hidden = `Cookie: ${ada.cookie}\r\n`;
    const answer = await answerTo(
      `GET ${path} HTTP/1.1\r\nHost: x\r\nCookie: ${ada.cookie}x\r\n${many}${hidden}${close}`,
    );
    assert.match(answer, /^HTTP\/1.1 401 /);
  });

  const malformed: [what: string, bytes: string][] = [
    ["no HTTP at all", "hello\r\n\r\n"],
    ["an unknown method", `BREW / HTTP/1.1\r\nHost: x\r\n${close}`],
    ["a method in lower case", `get / HTTP/1.1\r\nHost: x\r\n${close}`],
    ["a header without a name", `GET / HTTP/1.1\r\nHost: x\r\n: x\r\n${close}`],
    ["a NUL in a header", `GET / HTTP/1.1\r\nHost: x\r\nA: \0\r\n${close}`],
    ["a raw control character in the path", `GET /\x01 HTTP/1.1\r\nHost: x\r\n${close}`],
    [
      "two lengths of a body",
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n${close}`,
    ],
    [
      "a length beside chunks",
      `POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${close}`,
    ],
    ["a Host that is none", `GET /healthz HTTP/1.1\r\nHost: [::1\r\n${close}`],
    ["a Host with a path", `GET /healthz HTTP/1.1\r\nHost: a/b@c\r\n${close}`],
    ["a backslash in the path", `GET /api\\x HTTP/1.1\r\nHost: x\r\n${close}`],
    ["an absolute address that is none", `GET http:// HTTP/1.1\r\nHost: x\r\n${close}`],
    ["a path without a slash", `GET healthz HTTP/1.1\r\nHost: x\r\n${close}`],
    ["undecodable bytes in the path", `GET /api/%ff/tasks HTTP/1.1\r\nHost: x\r\n${close}`],
  ];
  for (const [what, bytes] of malformed) {
    it(`SEC24 refuses ${what} with 400`, async () =>
      assertProblem(await answerTo(bytes), 400, "malformed_request"));
  }

  const harmless: [what: string, bytes: string][] = [
    ["without a Host", `GET /healthz HTTP/1.1\r\n${close}`],
    ["of HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n"],
    ["with a Host of its own", `GET /healthz HTTP/1.1\r\nHost: evil.example\r\n${close}`],
    ["with an expectation", `GET /healthz HTTP/1.1\r\nHost: x\r\nExpect: cake\r\n${close}`],
    ["to upgrade", `GET /healthz HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n${close}`],
    [
      "with forwarded headers",
      `GET /healthz HTTP/1.1\r\nHost: x\r\nX-Forwarded-Proto: x y\r\n${close}`,
    ],
  ];
  for (const [what, bytes] of harmless) {
    it(`SEC24 answers a request ${what}`, async () =>
      assert.match(await answerTo(bytes), /^HTTP\/1.1 200 /));
  }

  it("SEC24 outlives CONNECT", async () => {
    await answerTo(`CONNECT x:1 HTTP/1.1\r\nHost: x\r\n${close}`);
    assert.equal((await api.send({ path: "/healthz" })).status, 200);
  });

  const post = () =>
    `POST /api/${ada.userId}/tasks HTTP/1.1\r\nHost: x\r\nCookie: ${ada.cookie}\r\nContent-Type: application/json\r\n`;

  it("SEC23 stops reading a chunked body that goes on and on", async () => {
    const chunk = `4000\r\n${"x".repeat(0x4000)}\r\n`;
    const answer = await answerTo(
      `${post()}Transfer-Encoding: chunked\r\n${close}${chunk.repeat(8)}`,
    );
    assertProblem(answer, 413, "payload_too_large");
  });

  it("SEC24 refuses a body that is not UTF-8 with 400", async () => {
    const answer = await answerTo(`${post()}Content-Length: 13\r\n${close}{"title":"\xff"}`);
    assertProblem(answer, 400, "malformed_request");
  });

  it("SEC23 gives up with 408 on a client that does not finish its headers", async () => {
    const server = createHttpServer(() => new Response(), createLog("api", "silent"), brief);
    const port = await listen(server);
    assertProblem(await answerTo("GET / HTTP/1.1\r\nHost:", port), 408, "request_timeout");
    server.close();
  });

  it("SEC23 SEC28 gives up with 408 on a client that does not finish its body, and fails nowhere", async () => {
    const lines: string[] = [];
    const log = createLog("api", "info", { write: (line) => lines.push(line) });
    const readText = async (request: Request) => new Response(await request.text());
    const server = createHttpServer(readText, log, brief);
    const port = await listen(server);
    const answer = await answerTo("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\n{", port);
    assertProblem(answer, 408, "request_timeout");
    server.close();
    await once(server, "close");
    assert.ok(
      lines.every((line) => !/"status":5/.test(line)),
      lines.join(""),
    );
  });

  it("SEC23 serves others while slow and aborted clients leave bodies unfinished", async () => {
    const slow = await Promise.all(
      Array.from({ length: 20 }, () => open(`${post()}Content-Length: 100\r\n\r\n{"ti`)),
    );
    assert.equal((await api.as(ada, { path: `/api/${ada.userId}/tasks` })).status, 200);
    for (const socket of slow) socket.destroy();
    assert.equal((await api.as(ada, { path: `/api/${ada.userId}/tasks` })).status, 200);
    assert.deepEqual(await api.allTasks(), []);
  });

  it("SEC28 answers none of this with a 5xx, and logs it with the request id", async () => {
    const answer = await answerTo("hello\r\n\r\n");
    const [, requestId] = /x-request-id: (\S+)/i.exec(answer) ?? [];
    assert.ok(requestId && api.logLines.some((line) => line.includes(requestId)));
    assert.ok(api.logLines.every((line) => !/"status":5/.test(line)));
  });
});
