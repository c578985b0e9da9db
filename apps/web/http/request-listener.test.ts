import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { after, before, describe, it } from "node:test";
import { type AuthServer, startAuthServer } from "../test/auth-server.ts";

describe("the way in", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.stop());

  /** The status line of the answer to these very bytes. */
  async function sendBytes(bytes: string): Promise<string> {
    const socket = connect(server.port, "localhost");
    socket.write(bytes);
    const [first] = await once(socket.setEncoding("utf8"), "data");
    socket.destroy();
    return String(first).split("\r\n")[0] ?? "";
  }

  async function assertAlive() {
    assert.equal((await server.send({ path: "/healthz" })).text, '{"status":"ok"}');
  }

  it("SEC24 refuses a Host that is none with 400, in words", async () => {
    for (const host of ["[::1", "a b", "a/b", "user@host", "host:99999", "host:", "é.example"]) {
      const headers = { host: Buffer.from(host).toString("latin1") };
      for (const path of ["/api/auth/get-session", "/", "/healthz"]) {
        const { status, text } = await server.send({ path, headers });
        assert.equal(status, 400, JSON.stringify(host));
        assert.equal(JSON.parse(text).error_code, "malformed_request");
      }
    }
    await assertAlive();
  });

  it("SEC24 refuses two Hosts, and targets that are no path", async () => {
    for (const head of [
      "GET /api/auth/ok HTTP/1.1\r\nHost: a.example\r\nHost: b.example",
      "GET http://evil.example/api/auth/ok HTTP/1.1\r\nHost: localhost",
      "OPTIONS * HTTP/1.1\r\nHost: localhost",
      "GET /api/auth/ok HTTP/1.1",
      "GET /api/auth/ok HTTP/1.1\r\nHost: ",
    ]) {
      assert.match(await sendBytes(`${head}\r\n\r\n`), /^HTTP\/1\.1 400 /, head);
    }
    await assertAlive();
  });

  it("SEC13 SEC21 SEC24 ignores forwarded headers, however broken", async () => {
    for (const [name, value] of [
      ["x-forwarded-proto", "x y"],
      ["x-forwarded-proto", "javascript"],
      ["x-forwarded-host", "[::1"],
      ["x-forwarded-host", "evil.example"],
      ["x-forwarded-for", "not an address"],
      ["forwarded", "for=;;host="],
      ["x-middleware-subrequest", "middleware"],
    ] as const) {
      const { status, text } = await server.getSession({ [name]: value });
      assert.deepEqual([status, text], [200, "null"], `${name}: ${value}`);
    }
    await assertAlive();
  });

  it("SEC24 answers no hostile path or body with a 5xx", async () => {
    for (const path of ["/%zz", "/%00", "//evil.example/", "/sign-in/%2e%2e/x", "/__proto__"]) {
      const { status } = await server.send({ path: `/api/auth${path}` });
      assert.ok(status < 500, `${path} ${status}`);
    }
    const { origin } = server;
    for (const body of ["{", "null", "[]", '"\\ud800"', '{"__proto__":{}}', "[".repeat(20_000)]) {
      const bytes = `POST /api/auth/sign-out HTTP/1.1\r\nHost: localhost\r\nOrigin: ${origin}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
      assert.match(await sendBytes(bytes), /^HTTP\/1\.1 [24]/, body.slice(0, 20));
    }
    await assertAlive();
  });

  it("SEC24 answers values that storage cannot hold, and TRACE, with a 4xx", async () => {
    const { cookie } = await server.signUp("nul");
    for (const [path, body] of [
      ["/update-user", { name: "\u0000" }],
      ["/update-user", { name: null }],
      ["/revoke-session", { token: "\u0000" }],
      ["/reset-password", { token: "\u0000", newPassword: "password1234" }],
    ] as const) {
      const { status } = await server.post(path, body, { cookie });
      assert.ok(status >= 400 && status < 500, `${path} ${status}`);
    }
    const traced = await server.send({ method: "TRACE", path: "/api/auth/get-session" });
    assert.equal(traced.status, 405);
    await assertAlive();
  });

  it("SEC23 refuses headers over 16 KB with 431, and reads those below", async () => {
    const cookie = (length: number) => `junk=${"x".repeat(length)}`;
    assert.equal((await server.getSession({ cookie: cookie(17_000) })).status, 431);
    assert.equal((await server.getSession({ cookie: cookie(12_000) })).status, 200);
  });

  it("SEC23 refuses a body over 64 KB with 413, whether its length is said or not", async () => {
    const head = `POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\nOrigin: ${server.origin}\r\nContent-Type: application/json`;
    const body = JSON.stringify({ email: "x".repeat(70_000) });
    const said = `${head}\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
    assert.match(await sendBytes(said), /^HTTP\/1\.1 413 /);
    const chunked = `${head}\r\nTransfer-Encoding: chunked\r\n\r\n${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
    assert.match(await sendBytes(chunked), /^HTTP\/1\.1 413 /);
    await assertAlive();
  });

  it("survives a client that leaves in the middle of a body", async () => {
    const socket = connect(server.port, "localhost");
    socket.write(
      `POST /api/auth/sign-in/email HTTP/1.1\r\nHost: localhost\r\nOrigin: ${server.origin}\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{"email`,
    );
    await once(socket, "connect");
    socket.destroy();
    await assertAlive();
  });

  it("SEC28 sends what keeps a page from being framed, sniffed or leaked to other sites", async () => {
    const { headers } = await server.send({ path: "/" });
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["referrer-policy"], "same-origin");
    assert.equal(headers["x-frame-options"], "DENY");
    assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/);
  });

  it("offers its health to GET and HEAD alone", async () => {
    assert.equal((await server.send({ path: "/readyz" })).text, '{"status":"ready"}');
    assert.equal((await server.send({ method: "HEAD", path: "/healthz" })).status, 200);
    const { status, headers } = await server.send({ method: "POST", path: "/readyz" });
    assert.deepEqual([status, headers.allow], [405, "GET, HEAD"]);
  });
});
