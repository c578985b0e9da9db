import assert from "node:assert/strict";
import { test } from "node:test";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { decodeJwt, decodeProtectedHeader } from "jose";
import { fromNewAddress, secret, serviceKey } from "../test/auth-server.ts";
import { audience, startTokenBackend } from "../test/token-backend.ts";
import { readRefusal, readToken, startTokenServer } from "../test/token-server.ts";
import { deriveTokenKey } from "./better-auth.ts";

test("there is no token endpoint unless it is asked for", async (t) => {
  const server = await startTokenServer(t, { token: undefined });
  const { cookie } = await server.signUp("ada");
  assert.equal((await server.ask(cookie)).status, 404);
});

for (const keyDerivation of ["none", "hkdf"] as const) {
  test(`SEC9 a token opens its user's path and no other's (key derivation: ${keyDerivation})`, async (t) => {
    const server = await startTokenServer(t, { token: { audience, keyDerivation } });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const key = keyDerivation === "hkdf" ? deriveTokenKey(secret) : secret;
    const otherKey = keyDerivation === "hkdf" ? secret : deriveTokenKey(secret);
    const issuer = server.origin;
    const backend = await startTokenBackend(t, { secret: key, issuer, audience });
    const other = await startTokenBackend(t, { secret: otherKey, issuer, audience });

    const token = await server.tokenFor(ada);
    assert.equal(await backend.call(token), `200 ${ada.userId}`);
    assert.equal(await backend.call(token, `/api/${ada.userId}/tasks`), `200 ${ada.userId}`);
    assert.equal(await backend.call(token, `/api/${bob.userId}/tasks`), "403 user_mismatch");
    assert.equal(await other.call(token), "401 token_invalid");
  });
}

test("a token says whose it is, for whom, by whom and for how long, and nothing else", async (t) => {
  const server = await startTokenServer(t);
  const ada = await server.signUp("ada");
  const before = Math.floor(Date.now() / 1000);
  const response = await server.ask(ada.cookie);
  const body = await readToken(response);
  const after = Math.floor(Date.now() / 1000);

  assert.deepEqual(decodeProtectedHeader(body.access_token), { alg: "HS256", typ: "at+jwt" });
  const { iat, exp, jti, ...claims } = decodeJwt(body.access_token);
  assert.deepEqual(claims, {
    sub: ada.userId,
    uid: ada.userId,
    sid: server.tables.session[0]?.id,
    iss: server.origin,
    aud: audience,
  });
  assert.ok(iat !== undefined && iat >= before && iat <= after);
  assert.equal(exp, iat + 300);
  assert.equal(body.expires_in, 300);
  assert.match(jti ?? "", /^[\da-f]{8}(-[\da-f]{4}){3}-[\da-f]{12}$/);
  const everything = JSON.stringify([claims, body, [...response.headers]]);
  assert.doesNotMatch(everything, /ada|example\.com/);
});

test("no two tokens are the same", async (t) => {
  const server = await startTokenServer(t);
  const ada = await server.signUp("ada");
  const tokens = await Promise.all(Array.from({ length: 20 }, () => server.tokenFor(ada)));
  assert.equal(new Set(tokens.map((token) => decodeJwt(token).jti)).size, tokens.length);
});

test("SEC28 the answer is nobody else's to keep or to read", async (t) => {
  const server = await startTokenServer(t);
  const { cookie } = await server.signUp("ada");
  const { headers } = await server.ask(cookie, { origin: "https://elsewhere.example" });
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("pragma"), "no-cache");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("access-control-allow-origin"), null);
});

test("asking for a token leaves the session and its cookie alone, even when a refresh is due", async (t) => {
  const server = await startTokenServer(t);
  const ada = await server.signUp("ada");
  server.expire(ada, new Date(Date.now() + 60 * 60 * 1000));
  const before = structuredClone(server.tables.session);
  const response = await server.ask(ada.cookie);
  assert.equal(response.status, 200);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.deepEqual(server.tables.session, before);
});

test("no session, no token: 401, with the challenge of a session", async (t) => {
  const server = await startTokenServer(t, { plugins: [admin()] });
  const users = { late: await server.signUp("late"), gone: await server.signUp("gone") };
  const [ada, banned] = [await server.signUp("ada"), await server.signUp("banned")];
  server.expire(users.late);
  await server.signOut(users.gone);
  const { internalAdapter } = await server.auth.$context;
  await internalAdapter.updateUser(banned.userId, { banned: true });

  const [name = "", value = ""] = ada.cookie.split("=");
  const cookies = {
    expired: users.late.cookie,
    "signed out": users.gone.cookie,
    banned: banned.cookie,
    forged: `${name}=x${value}`,
    unsigned: `${name}=${value.split(".")[0]}`,
    "another's signature": `${ada.cookie.split(".")[0]}.${ada.cookie.split(".")[1]}.${banned.cookie.split(".").at(-1)}`,
    ambiguous: `${ada.cookie}; ${banned.cookie}`,
  };
  for (const [what, cookie] of Object.entries(cookies)) {
    const response = await server.ask(cookie);
    assert.equal(
      response.headers.get("www-authenticate"),
      'Session realm="better-auth", error="invalid_token"',
    );
    assert.equal(await readRefusal(response), "401 session_invalid", what);
  }
  for (const cookie of ["", `__Secure-${ada.cookie}`]) {
    const response = await server.ask(cookie);
    assert.equal(response.headers.get("www-authenticate"), 'Session realm="better-auth"');
    assert.equal(await readRefusal(response), "401 credentials_missing");
  }
  assert.equal((await server.ask(ada.cookie)).status, 200);
});

test("SEC1 a session token in an Authorization header gets no token, the bearer plugin or not", async (t) => {
  for (const plugins of [[], [bearer()]]) {
    const server = await startTokenServer(t, { plugins });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const signed = decodeURIComponent(bob.cookie.split("=")[1] ?? "");
    for (const credential of [signed, signed.split(".")[0]]) {
      const headers = { authorization: `Bearer ${credential}` };
      assert.equal(await readRefusal(await server.ask("", headers)), "401 credentials_missing");
      const { access_token } = await readToken(await server.ask(ada.cookie, headers));
      assert.equal(decodeJwt(access_token).sub, ada.userId);
    }
    if (plugins.length === 0) continue;
    const session = await fetch(`${server.url}/get-session`, {
      headers: { ...fromNewAddress(), authorization: `Bearer ${signed}` },
    });
    assert.notEqual(await session.json(), null, "the bearer plugin is at work");
  }
});

test("a page of another site is refused; our own pages and servers are not", async (t) => {
  const server = await startTokenServer(t);
  const { cookie } = await server.signUp("ada");
  const from = (site: string) => server.ask(cookie, { "sec-fetch-site": site });
  assert.equal(await readRefusal(await from("cross-site")), "403 cross_origin_refused");
  for (const site of ["same-origin", "same-site", "none"]) {
    assert.equal((await from(site)).status, 200, site);
  }
});

test("SEC16 an address gets Better Auth's usual number of tokens, whoever shows a service key", async (t) => {
  const server = await startTokenServer(t);
  const { cookie } = await server.signUp("ada");
  for (const headers of [{}, { "x-sallyport-key": serviceKey }]) {
    const address = fromNewAddress();
    const answers = Array.from({ length: 120 }, () =>
      server.ask(cookie, { ...headers, ...address }),
    );
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 100);
    assert.equal(statuses.filter((status) => status === 429).length, 20);
  }
});
