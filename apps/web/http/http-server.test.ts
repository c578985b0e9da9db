import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { type AuthServer, startAuthServer } from "../test/auth-server.ts";

describe("the web server and slow clients", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer(
      {},
      {
        headerBytes: 16 * 1024,
        headersMs: 200,
        requestMs: 400,
        keepAliveMs: 100,
        stalledMs: 5_000,
        connectionMs: 5_000,
        connections: 100,
      },
    );
  });
  after(() => server.stop());

  async function answerTo(bytes: string): Promise<string> {
    const socket = connect(server.port, "localhost");
    socket.write(bytes);
    let text = "";
    for await (const chunk of socket.setEncoding("utf8")) text += chunk;
    return text;
  }

  function assertProblem(answer: string, status: number, code: string) {
    const [head = "", body = ""] = answer.split("\r\n\r\n");
    assert.match(head, new RegExp(`^HTTP/1.1 ${status} `));
    assert.match(head, /^content-type: application\/problem\+json$/im);
    assert.match(head, /^cache-control: no-store$/im);
    assert.equal(JSON.parse(body).error_code, code);
  }

  it("SEC23 refuses headers that do not end with 408, in words", async () => {
    assertProblem(await answerTo("GET / HTTP/1.1\r\nHost:"), 408, "request_timeout");
  });

  for (const path of ["/api/auth/sign-in/email", "/api/auth/sallyport/sessions", "/sign-in"]) {
    it(`SEC23 refuses a body that does not end, sent to ${path}, in bounded time and lives on`, async () => {
      const head = `POST ${path} HTTP/1.1\r\nHost: localhost\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nContent-Length: 100`;
      // Where nobody waits for the body, the answer to the head came first.
      assert.match(await answerTo(`${head}\r\n\r\n{`), /^HTTP\/1\.1 4\d\d /);
      assert.equal((await server.getSession()).status, 200);
      assert.ok(server.logLines.every((line) => !line.includes('"level":50')));
    });
  }

  it("SEC23 answers others while twenty bodies do not come", async () => {
    const head = `POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{`;
    const slow = Array.from({ length: 20 }, () => {
      const socket = connect(server.port, "localhost").resume();
      socket.write(head);
      return socket;
    });
    await Promise.all(slow.map((socket) => once(socket, "connect")));
    assert.equal((await server.getSession()).status, 200);
    await Promise.all(slow.map((socket) => once(socket, "close")));
  });

  it("SEC24 SEC28 refuses what is no request with 400, in words", async () => {
    assertProblem(await answerTo("hello\r\n\r\n"), 400, "malformed_request");
  });
});
