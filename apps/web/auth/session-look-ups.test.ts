import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { deriveServiceKey } from "sallyport/better-auth";
import { type AuthServer, secret, startAuthServer } from "../test/auth-server.ts";
import { badCookies } from "../test/bad-cookies.ts";
import type { Answer, Sent } from "../test/exchange.ts";

describe("looking sessions up", () => {
  let server: AuthServer;
  let ada: { userId: string; cookie: string };
  before(async () => {
    server = await startAuthServer();
    ada = await server.signUp("ada");
  });
  after(() => server.stop());

  const key = { "x-sallyport-key": deriveServiceKey(secret) };
  const signedSession = (cookie: string) => decodeURIComponent(cookie.split("=")[1] ?? "");
  const sendBatch = (body: object, headers: Sent["headers"] = key) =>
    server.send({ method: "POST", path: "/api/auth/sallyport/sessions", headers, body });
  const lookUp = (...cookies: string[]) => sendBatch({ sessions: cookies.map(signedSession) });
  const getSession = (cookie: string) =>
    server.send({ path: "/api/auth/session", headers: { cookie } });

  /** The users' ids, or null, in the order of what was asked. */
  function userIds({ status, text }: Answer): unknown[] {
    assert.equal(status, 200);
    const { results }: { results: ({ user: { id: string } } | null)[] } = JSON.parse(text);
    return results.map((result) => result?.user.id ?? null);
  }

  function assertUnavailable({ status, headers, text }: Answer) {
    assert.deepEqual([status, headers["retry-after"]], [503, "1"]);
    assert.equal(headers["content-type"], "application/problem+json");
    assert.equal(JSON.parse(text).error_code, "authority_unavailable");
  }

  it("SEC15 answers a backend's batch in its order", async () => {
    const bob = await server.signUp("bob");
    const forged = ada.cookie.replace("=", "=x");
    const answer = await lookUp(ada.cookie, forged, bob.cookie, forged, ada.cookie);
    assert.deepEqual(userIds(answer), [ada.userId, null, bob.userId, null, ada.userId]);
  });

  it("answers it before Better Auth's router, with the headers of every answer of the app", async () => {
    // The router would refuse a cookie without an origin with 403.
    const refused = await sendBatch({ sessions: ["x"] }, { ...key, cookie: ada.cookie });
    assert.deepEqual(
      [refused.status, JSON.parse(refused.text).error_code],
      [400, "malformed_request"],
    );
    for (const { headers } of [refused, await lookUp(ada.cookie)]) {
      assert.equal(headers["cache-control"], "no-store");
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["referrer-policy"], "same-origin");
      assert.equal(headers["x-frame-options"], "DENY");
      assert.match(String(headers["content-security-policy"]), /frame-ancestors 'none'/);
      assert.equal(headers["access-control-allow-origin"], undefined);
    }
  });

  it("says at /api/auth/session whose session a cookie opens, or 401", async () => {
    const { status, headers, text } = await getSession(ada.cookie);
    assert.deepEqual([status, headers["cache-control"]], [200, "no-store"]);
    const { expiresAt } = JSON.parse(text).session;
    assert.ok(new Date(expiresAt).getTime() > Date.now());
    assert.deepEqual(JSON.parse(text), {
      user: { id: ada.userId, email: "ada@example.com", name: "ada" },
      session: { expiresAt },
    });
    for (const [what, cookie] of Object.entries(badCookies(ada.cookie))) {
      const refused = await getSession(cookie);
      assert.equal(refused.status, 401, what);
      assert.equal(JSON.parse(refused.text).error_code, "session_invalid", what);
    }
  });

  it("SEC12 sees a sign-out in the first look-up after it", async () => {
    const { cookie, userId } = await server.signUp("eve");
    assert.deepEqual(userIds(await lookUp(ada.cookie, cookie)), [ada.userId, userId]);
    assert.equal((await server.post("/sign-out", {}, { cookie })).status, 200);
    assert.deepEqual(userIds(await lookUp(ada.cookie, cookie)), [ada.userId, null]);
    assert.equal((await getSession(cookie)).status, 401);
  });

  it("SEC23 takes 128 KB of a backend's, and 64 KB of anyone and at any other path", async () => {
    const sessions = (each: number) => ({ sessions: new Array(200).fill("x".repeat(each)) });
    assert.deepEqual(userIds(await sendBatch(sessions(640))), new Array(200).fill(null));
    assert.equal((await sendBatch(sessions(660))).status, 413);
    const elsewhere = await server.post("/sign-out", sessions(640), key);
    assert.equal(elsewhere.status, 413);
  });

  it("SEC14 answers 503 while the database cannot be reached, and comes back by itself", async () => {
    server.link.cut();
    assertUnavailable(await lookUp(ada.cookie));
    assertUnavailable(await getSession(ada.cookie));
    server.link.mend();
    assert.deepEqual(userIds(await lookUp(ada.cookie)), [ada.userId]);
    assert.equal((await getSession(ada.cookie)).status, 200);
  });

  it("SEC29 logs the outage under the request's id, without a session, a key or an e-mail", async () => {
    server.link.cut();
    const { request_id } = JSON.parse((await lookUp(ada.cookie)).text);
    server.link.mend();
    const log = server.logLines.join("");
    assert.match(log, new RegExp(`Sessions cannot be read \\(request ${request_id}\\)`));
    const [token = "", signature = ""] = signedSession(ada.cookie).split(".");
    for (const hidden of [token, signature, key["x-sallyport-key"], "ada@"]) {
      assert.ok(!log.includes(hidden), hidden);
    }
  });

  it("SEC16 limits whoever comes without the key, and no backend", async () => {
    const batch = { sessions: [signedSession(ada.cookie)] };
    const count = async (headers: Sent["headers"]) => {
      const statuses = new Set<number>();
      for (let look = 0; look < 120; look++) {
        statuses.add((await sendBatch(batch, headers)).status);
      }
      return [...statuses];
    };
    assert.deepEqual(await count(key), [200]);
    assert.deepEqual(await count({ "x-sallyport-key": "A".repeat(43) }), [401, 429]);
    assert.deepEqual(await count(key), [200]);
  });
});
