import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

describe("Better Auth's trust in origins", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer();
    ada = await server.signUp("ada");
  });
  after(() => server.stop());

  it("SEC26 refuses a POST with a cookie from any origin but the app's own", async () => {
    const { cookie } = ada;
    for (const origin of [
      "https://evil.example",
      "null",
      `${server.origin}.evil.example`,
      server.origin.replace("localhost", "evil.localhost"),
      server.origin.replace("http:", "https:"),
      "http://localhost:1",
    ]) {
      const { status } = await server.post("/sign-out", {}, { cookie, origin });
      assert.equal(status, 403, origin);
    }
    assert.notEqual((await server.getSession({ cookie })).text, "null", "still signed in");
    assert.equal((await server.post("/sign-out", {}, { cookie })).status, 200);
  });

  it("SEC30 refuses to lead anywhere else after sign-in", async () => {
    const email = "ada@example.com";
    for (const callbackURL of ["https://evil.example/", "//evil.example/"]) {
      const { status, text } = await server.post("/sign-in/email", {
        email,
        password,
        callbackURL,
      });
      assert.equal(status, 403, text);
    }
    const own = await server.post("/sign-in/email", { email, password, callbackURL: "/dashboard" });
    assert.equal(own.status, 200);
  });
});
