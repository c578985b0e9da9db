import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";
import { badCookies } from "../test/bad-cookies.ts";

describe("get-session", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer();
    ada = await server.signUp("ada");
  });
  after(() => server.stop());

  const userOf = (text: string): unknown => JSON.parse(text)?.user.id ?? null;

  it("knows a session, and does not let the answer be stored", async () => {
    const { status, text, headers } = await server.getSession({ cookie: ada.cookie });
    assert.equal(status, 200);
    assert.equal(userOf(text), ada.userId);
    assert.equal(headers["cache-control"], "no-store");
  });

  it("answers 200 null to no cookie and to every cookie that is no session", async () => {
    for (const [what, cookie] of Object.entries({ none: "", ...badCookies(ada.cookie) })) {
      const { status, text } = await server.getSession(cookie ? { cookie } : {});
      assert.deepEqual({ status, text }, { status: 200, text: "null" }, what);
    }
  });

  it("SEC12 answers null to the first request after a sign-out, an expiry and a deleted user", async () => {
    const email = "ada@example.com";
    const signIn = await server.post("/sign-in/email", { email, password });
    const [signedOut = ""] = signIn.cookies[0]?.split(";") ?? [];
    await server.post("/sign-out", {}, { cookie: signedOut });
    assert.equal((await server.getSession({ cookie: signedOut })).text, "null");

    const db = server.storage.db.withTables<{
      session: { userId: string; expiresAt: Date };
      user: { id: string };
    }>();
    const bob = await server.signUp("bob");
    await db
      .updateTable("session")
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where("userId", "=", bob.userId)
      .execute();
    assert.equal((await server.getSession({ cookie: bob.cookie })).text, "null");

    const eve = await server.signUp("eve");
    await db.deleteFrom("user").where("id", "=", eve.userId).execute();
    assert.equal((await server.getSession({ cookie: eve.cookie })).text, "null");
  });

  it("SEC17 is not swayed by a session_data cookie, nor by the name of a https deployment", async () => {
    const [, value = ""] = ada.cookie.split("=");
    const junk = "better-auth.session_data=%7B%22session%22%3A%7B%7D%7D";
    const both = await server.getSession({ cookie: `${junk}; ${ada.cookie}` });
    assert.equal(userOf(both.text), ada.userId);
    const otherName = `__Secure-better-auth.session_token=${value}`;
    assert.equal((await server.getSession({ cookie: otherName })).text, "null");
  });
});
