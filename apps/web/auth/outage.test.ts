import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

describe("while the database cannot be reached", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer();
    ada = await server.signUp("ada");
    await server.getSession({ cookie: ada.cookie });
  });
  after(() => server.stop());

  it("SEC14 no session is called signed out, none signed in, and it comes back by itself", async () => {
    const { cookie } = ada;
    server.link.cut();
    const looked = await server.getSession({ cookie });
    assert.deepEqual([looked.status, looked.headers["retry-after"]], [503, "1"]);
    const signIn = await server.post("/sign-in/email", { email: "ada@example.com", password });
    assert.deepEqual([signIn.status, signIn.headers["retry-after"]], [503, "1"]);
    assert.deepEqual(signIn.cookies, []);
    const ready = await server.send({ path: "/readyz" });
    assert.deepEqual([ready.status, ready.text], [503, '{"status":"unready"}']);
    assert.equal((await server.send({ path: "/healthz" })).status, 200);

    server.link.mend();
    assert.equal((await server.send({ path: "/readyz" })).status, 200);
    assert.match((await server.getSession({ cookie })).text, new RegExp(ada.userId));
  });

  it("SEC12 a sign-out that could not end the session is not acknowledged", async () => {
    const { cookie } = ada;
    server.link.cut();
    const refused = await server.post("/sign-out", {}, { cookie });
    assert.equal(refused.status, 503);
    assert.deepEqual(refused.cookies, []);
    server.link.mend();
    assert.match((await server.getSession({ cookie })).text, new RegExp(ada.userId));

    assert.equal((await server.post("/sign-out", {}, { cookie })).status, 200);
    assert.equal((await server.getSession({ cookie })).text, "null");
  });

  it("SEC29 the log tells of it, without cookie, password or e-mail", () => {
    const log = server.logLines.join("");
    assert.match(log, /UnavailableError: .*PostgreSQL/);
    const [, value = ""] = ada.cookie.split("=");
    for (const secretText of [value, decodeURIComponent(value).slice(0, 32), password, "ada@"]) {
      assert.ok(!log.includes(secretText), secretText);
    }
  });
});
