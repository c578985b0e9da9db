import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { SignJWT } from "jose";
import { patientMs } from "../test/auth-server.ts";
import { betterAuthSession, createGuard, type Decision, type Guard } from "./index.ts";
import { jwt } from "./jwt.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "./testing.ts";

const secret = "a secret that serves in tests and nowhere else";
const [issuer, audience] = ["http://localhost:3000", "http://localhost:8000"];

describe("a guard that takes tokens and sessions", () => {
  let auth: FakeBetterAuth;
  let guard: Guard;
  let ada: FakeSession;
  let token: string;
  const decisions: Decision[] = [];

  before(async () => {
    auth = await fakeBetterAuth();
    ada = auth.signIn();
    guard = createGuard({
      schemes: [
        jwt({ secret, issuer, audience, realm: "tasks" }),
        betterAuthSession({ url: auth.url, deadlineMs: patientMs, realm: "tasks" }),
      ],
      onDecision: (decision) => decisions.push(decision),
    });
    token = await mint("grace");
  });
  after(async () => {
    await guard.close();
    await auth.close();
  });

  const mint = (userId: string, lifetime = "5m") =>
    new SignJWT({ uid: userId })
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
      .setSubject(userId)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt(lifetime.startsWith("-") ? "-10m" : undefined)
      .setExpirationTime(lifetime)
      .sign(Buffer.from(secret));

  async function outcomeOf(headers: Record<string, string>, owner?: string, method = "GET") {
    const result = await guard.authenticate({ method, headers: new Headers(headers) }, { owner });
    return result.ok ? `${result.scheme} ${result.user.userId}` : result.failure.code;
  }
  const challengesTo = async (headers: Record<string, string>) => {
    const result = await guard.authenticate({ method: "GET", headers: new Headers(headers) });
    assert.ok(!result.ok);
    return guard.denial(result.failure, "id").headers["WWW-Authenticate"];
  };

  test("the credential that is there decides", async () => {
    assert.equal(await outcomeOf({ authorization: `Bearer ${token}` }), "token grace");
    assert.equal(await outcomeOf({ cookie: ada.cookie }), `session ${ada.user.id}`);
    assert.equal(await outcomeOf({}), "credentials_missing");
  });

  test("of two credentials the one of the first scheme decides", async () => {
    const headers = { authorization: `Bearer ${token}`, cookie: ada.cookie };
    assert.equal(await outcomeOf(headers), "token grace");
    assert.equal(await outcomeOf(headers, ada.user.id), "user_mismatch");
  });

  test("a bad credential is refused, and never handed to the next scheme", async () => {
    const asked = auth.requests.length;
    for (const [authorization, code] of [
      [`Bearer ${token}x`, "token_invalid"],
      [`Bearer ${await mint("grace", "-5m")}`, "token_expired"],
      ["Bearer", "credentials_malformed"],
      ["Bearer a.b", "credentials_malformed"],
      [`Bearer ${token}, Bearer ${token}`, "credentials_malformed"],
    ] as const) {
      assert.equal(await outcomeOf({ authorization, cookie: ada.cookie }), code, authorization);
    }
    assert.equal(auth.requests.length, asked);
  });

  test("another scheme's Authorization is no token: the cookie decides", async () => {
    const headers = { authorization: "Basic YTpi", cookie: ada.cookie };
    assert.equal(await outcomeOf(headers), `session ${ada.user.id}`);
  });

  test("only a cookie is ambient: a page of another origin may call with a token", async () => {
    const origin = "https://elsewhere.example";
    const withToken = { authorization: `Bearer ${token}`, origin };
    assert.equal(await outcomeOf(withToken, "grace", "POST"), "token grace");
    const withCookie = { cookie: ada.cookie, origin };
    assert.equal(await outcomeOf(withCookie, ada.user.id, "POST"), "cross_origin_refused");
  });

  test("without a credential both are asked for, with a bad one only its own (RFC 9110 11.6.1)", async () => {
    assert.equal(await challengesTo({}), 'Bearer realm="tasks", Session realm="tasks"');
    assert.equal(
      await challengesTo({ authorization: "Bearer x" }),
      'Bearer realm="tasks", error="invalid_token"',
    );
  });

  test("decisions name the scheme", async () => {
    decisions.length = 0;
    await outcomeOf({ authorization: `Bearer ${token}` });
    await outcomeOf({ authorization: `Bearer ${token}x` });
    await outcomeOf({ cookie: ada.cookie });
    assert.deepEqual(
      decisions.map(({ outcome, scheme }) => `${scheme} ${outcome}`),
      ["token allowed", "token token_invalid", "session allowed"],
    );
  });
});
