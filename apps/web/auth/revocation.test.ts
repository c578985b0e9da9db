import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as z from "zod";
import { type AuthServer, password, startAuthServer } from "../test/auth-server.ts";

const problem = z.object({ error_code: z.string() });

describe("an acknowledged revocation", () => {
  let server: AuthServer;
  before(async () => {
    server = await startAuthServer();
  });
  after(() => server.stop());

  /** Two sessions of a new user: the cookies, and the second one's token. */
  async function signInTwice(name: string, localAddress: string) {
    const { cookie: own } = await server.signUp(name);
    const signIn = await server.send({
      method: "POST",
      path: "/api/auth/sign-in/email",
      headers: { origin: server.origin },
      localAddress,
      body: { email: `${name}@example.com`, password },
    });
    const [other = ""] = signIn.cookies[0]?.split(";") ?? [];
    const { token } = z.object({ token: z.string() }).parse(JSON.parse(signIn.text));
    return { own, other, token };
  }

  const isOpen = async (cookie: string) => (await server.getSession({ cookie })).text !== "null";

  const ways: Record<string, { path: string; body?: object; remain: [boolean, boolean] }> = {
    "a sign-out": { path: "/sign-out", remain: [false, true] },
    "revoking all sessions": { path: "/revoke-sessions", remain: [false, false] },
    "revoking the other sessions": { path: "/revoke-other-sessions", remain: [true, false] },
    "a password change": {
      path: "/change-password",
      body: { currentPassword: password, newPassword: "another horse battery" },
      remain: [false, false],
    },
  };
  for (const [index, [what, { path, body = {}, remain }]] of Object.entries(ways).entries()) {
    it(`SEC12 SEC14 ${what} with the database cut off is 503, keeps the cookie, and works later`, async () => {
      const { own, other } = await signInTwice(`user${index}`, `127.0.1.${index + 1}`);
      server.link.cut();
      const refused = await server.post(path, body, { cookie: own });
      server.link.mend();
      assert.deepEqual([refused.status, refused.headers["retry-after"]], [503, "1"]);
      assert.equal(refused.headers["content-type"], "application/problem+json");
      assert.equal(problem.parse(JSON.parse(refused.text)).error_code, "authority_unavailable");
      assert.deepEqual(refused.cookies, []);
      assert.deepEqual([await isOpen(own), await isOpen(other)], [true, true]);

      assert.equal((await server.post(path, body, { cookie: own })).status, 200);
      assert.deepEqual([await isOpen(own), await isOpen(other)], remain);
    });
  }

  it("SEC12 revoking one session leaves the caller's own", async () => {
    const { own, other, token } = await signInTwice("carol", "127.0.1.100");
    assert.equal((await server.post("/revoke-session", { token }, { cookie: own })).status, 200);
    assert.deepEqual([await isOpen(own), await isOpen(other)], [true, false]);
  });
});
