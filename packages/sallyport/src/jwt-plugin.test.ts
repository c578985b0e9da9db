import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { type JwtOptions, jwt as jwtPlugin } from "better-auth/plugins/jwt";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as z from "zod";
import { fromNewAddress, patientMs, type SignedIn, startBetterAuth } from "../test/auth-server.ts";
import { startTokenBackend } from "../test/token-backend.ts";

const defaults = { disableSettingJwtHeader: true } as const;

async function start(t: TestContext, options: JwtOptions = {}) {
  const server = await startBetterAuth({
    plugins: [jwtPlugin({ ...defaults, ...options })],
    settings: {
      session: { cookieCache: { enabled: options.sessionCookieCache ?? false, strategy: "jwt" } },
    },
  });
  t.after(server.close);
  const jwksUrl = `${server.url}/jwks`;

  return {
    ...server,
    /** The guard's options: what the plugin writes into its tokens is its own origin, twice. */
    jwks: { jwksUrl, issuer: server.origin, audience: server.origin, deadlineMs: patientMs },
    async tokenFor({ cookie }: SignedIn): Promise<string> {
      const response = await fetch(`${server.url}/token`, {
        headers: { ...fromNewAddress(), cookie },
      });
      return z.object({ token: z.string() }).parse(await response.json()).token;
    },
    jwksRequests: () => server.seen.filter(({ url }) => url?.endsWith("/jwks")).length,
  };
}

const keyPairs: [alg: string, keyPairConfig: NonNullable<JwtOptions["jwks"]>["keyPairConfig"]][] = [
  ["EdDSA", undefined],
  ["EdDSA", { alg: "EdDSA", crv: "Ed25519" }],
  ["ES256", { alg: "ES256" }],
  ["RS256", { alg: "RS256", modulusLength: 2048 }],
  ["PS256", { alg: "PS256" }],
];

for (const [alg, keyPairConfig] of keyPairs) {
  const how = keyPairConfig === undefined ? "its default" : JSON.stringify(keyPairConfig);
  test(`a token of Better Auth's jwt plugin counts by its public key (${how})`, async (t) => {
    const server = await start(t, { jwks: { keyPairConfig } });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const { guard, call } = await startTokenBackend(t, server.jwks);
    const token = await server.tokenFor(ada);
    assert.equal(decodeProtectedHeader(token).alg, alg);
    assert.equal(await call(token), `200 ${ada.userId}`);
    assert.equal(await call(token, `/api/${ada.userId}/tasks`), `200 ${ada.userId}`);
    assert.equal(await call(token, `/api/${bob.userId}/tasks`), "403 user_mismatch");
    assert.equal(await call(await server.tokenFor(bob)), `200 ${bob.userId}`);
    assert.equal(server.jwksRequests(), 1);
    assert.equal(guard.authority(), "ok");

    const [header, claims, signature = ""] = token.split(".");
    const forged = signature.startsWith("A") ? `B${signature.slice(1)}` : `A${signature.slice(1)}`;
    assert.equal(await call(`${header}.${claims}.${forged}`), "401 token_invalid");
  });
}

test("an algorithm that the guard does not know is refused, with the plugin's own key", async (t) => {
  const server = await start(t, { jwks: { keyPairConfig: { alg: "ES512" } } });
  const { call } = await startTokenBackend(t, server.jwks);
  const token = await server.tokenFor(await server.signUp("ada"));
  assert.equal(decodeProtectedHeader(token).alg, "ES512");
  assert.equal(await call(token), "401 token_invalid");
  assert.equal(server.jwksRequests(), 0, "nobody is asked about it");
});

test("SEC10 issuer and audience are compared, as the plugin writes them", async (t) => {
  const server = await start(t, {
    jwt: { issuer: "https://auth.example.com", audience: "https://api.example.com" },
  });
  const token = await server.tokenFor(await server.signUp("ada"));
  const { jwksUrl } = server.jwks;
  const expected: [issuer: string, audience: string, answer: RegExp][] = [
    ["https://auth.example.com", "https://api.example.com", /^200 /],
    ["https://auth.example.com/", "https://api.example.com", /^401 token_invalid$/],
    ["https://auth.example.com", "https://API.example.com", /^401 token_invalid$/],
    [server.origin, "https://api.example.com", /^401 token_invalid$/],
    ["https://auth.example.com", server.origin, /^401 token_invalid$/],
  ];
  for (const [issuer, audience, answer] of expected) {
    const options = { jwksUrl, issuer, audience, deadlineMs: patientMs };
    const { call } = await startTokenBackend(t, options);
    assert.match(await call(token), answer, `${issuer} ${audience}`);
  }
});

test("SEC9 a uid that the app puts into its tokens must be the subject", async (t) => {
  for (const [uid, answer] of [
    [(id: string) => id, /^200 /],
    [(id: string) => `${id} `, /^401 token_invalid$/],
    [() => "somebody", /^401 token_invalid$/],
    [() => 1, /^401 token_invalid$/],
  ] as const) {
    const server = await start(t, {
      jwt: { definePayload: ({ user }) => ({ uid: uid(user.id) }) },
    });
    const { call } = await startTokenBackend(t, server.jwks);
    const ada = await server.signUp("ada");
    const token = await server.tokenFor(ada);
    assert.deepEqual(decodeJwt(token).uid, uid(ada.userId));
    assert.match(await call(token), answer);
  }
});

test("a lifetime over the bound is refused, and one that the plugin takes for 1970", async (t) => {
  for (const [expirationTime, answer] of [
    ["15m", /^200 /],
    ["16m", /^401 token_invalid$/],
    [900, /^401 token_invalid$/],
  ] as const) {
    const server = await start(t, { jwt: { expirationTime } });
    const { call } = await startTokenBackend(t, server.jwks);
    const token = await server.tokenFor(await server.signUp("ada"));
    assert.match(await call(token), answer, String(expirationTime));
  }
});

test("a cookie cache that the jwt plugin signs is no token, not even for its own audience", async (t) => {
  const server = await start(t, { sessionCookieCache: true });
  const ada = await server.signUp("ada");
  const response = await fetch(`${server.url}/get-session`, {
    headers: { ...fromNewAddress(), cookie: ada.cookie },
  });
  const [cached = ""] = response.headers
    .getSetCookie()
    .map((line) => /session_data=([^;]+)/.exec(line)?.[1] ?? "")
    .filter(Boolean);
  const { aud } = decodeJwt(cached);
  assert.equal(decodeProtectedHeader(cached).typ, "better-auth.session-cache+jwt");
  const audience = z.string().parse(aud);
  const { call } = await startTokenBackend(t, { ...server.jwks, audience });
  assert.equal(await call(cached), "401 token_invalid");
});

test("many requests that wait for the keys wait for one answer", async (t) => {
  const server = await start(t);
  const ada = await server.signUp("ada");
  const token = await server.tokenFor(ada);
  const { call } = await startTokenBackend(t, server.jwks);
  const answers = await Promise.all(Array.from({ length: 50 }, () => call(token)));
  assert.deepEqual(new Set(answers), new Set([`200 ${ada.userId}`]));
  assert.equal(server.jwksRequests(), 1);
});
