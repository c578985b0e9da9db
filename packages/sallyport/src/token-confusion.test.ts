import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { createEmailVerificationToken } from "better-auth/api";
import { signJWT } from "better-auth/crypto";
import { bearer } from "better-auth/plugins/bearer";
import { jwt as jwtPlugin } from "better-auth/plugins/jwt";
import { decodeProtectedHeader } from "jose";
import * as z from "zod";
import { fromNewAddress, type SignedIn, secret, startBetterAuth } from "../test/auth-server.ts";
import { audience, startTokenBackend } from "../test/token-backend.ts";
import { deriveTokenKey } from "./better-auth.ts";

/** A Better Auth that has everything on that takes or makes tokens of its own. */
async function start(t: TestContext, options: Partial<StartOptions> = {}) {
  const { keyDerivation = "none", strategy = "compact", sessionCookieCache = false } = options;
  const emails: string[] = [];
  const server = await startBetterAuth({
    token: { audience, keyDerivation },
    plugins: [bearer(), jwtPlugin({ disableSettingJwtHeader: true, sessionCookieCache })],
    settings: {
      session: { cookieCache: { enabled: true, strategy } },
      user: { deleteUser: { enabled: true } },
      emailVerification: {
        sendOnSignUp: true,
        autoSignInAfterVerification: true,
        sendVerificationEmail: async ({ token }) => void emails.push(token),
      },
    },
  });
  t.after(server.close);

  async function ask(path: string, { cookie, ...init }: RequestInit & { cookie?: string } = {}) {
    const response = await fetch(server.url + path, {
      redirect: "manual",
      ...init,
      headers: {
        ...fromNewAddress(),
        ...(cookie === undefined ? {} : { cookie, origin: server.origin }),
        "content-type": "application/json",
        ...init.headers,
      },
    });
    return { response, body: await response.text() };
  }

  return {
    ...server,
    ask,
    async signUp(name: string) {
      const user = await server.signUp(name);
      return { ...user, verificationToken: emails.at(-1) ?? "" };
    },
    async apiToken({ cookie }: SignedIn) {
      const { body } = await ask("/sallyport/token", { cookie });
      return z.object({ access_token: z.string() }).parse(JSON.parse(body)).access_token;
    },
    async sessionData({ cookie }: SignedIn) {
      const { response } = await ask("/get-session", { cookie });
      const line = response.headers.getSetCookie().find((line) => line.includes("session_data="));
      return line?.split(";")[0]?.split("=")[1] ?? "";
    },
  };
}

interface StartOptions {
  keyDerivation: "none" | "hkdf";
  strategy: "compact" | "jwt" | "jwe";
  /** Signed with a key of the jwt plugin's. */
  sessionCookieCache: boolean;
}

const caches = [
  { strategy: "compact" },
  { strategy: "jwe" },
  { strategy: "jwt" },
  { strategy: "jwt", sessionCookieCache: true },
] as const;

for (const keyDerivation of ["none", "hkdf"] as const) {
  const key = keyDerivation === "none" ? secret : deriveTokenKey(secret);

  test(`an API token does nothing where Better Auth expects a token of its own (key derivation: ${keyDerivation})`, async (t) => {
    const server = await start(t, { keyDerivation });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const token = await server.apiToken(ada);
    const before = structuredClone(server.tables);
    const newPassword = "another correct horse";
    const attempts = [
      server.ask(`/verify-email?token=${token}`),
      server.ask(`/verify-email?token=${token}&callbackURL=/`),
      server.ask(`/verify-email?token=${token}`, { cookie: ada.cookie }),
      server.ask(`/reset-password/${token}?callbackURL=/`),
      server.ask(`/reset-password?token=${token}`, post({ newPassword })),
      server.ask("/reset-password", post({ newPassword, token })),
      server.ask(`/delete-user/callback?token=${token}`, { cookie: ada.cookie }),
      server.ask(`/delete-user/callback?token=${token}`, { cookie: bob.cookie }),
      server.ask("/delete-user", { ...post({ token }), cookie: ada.cookie }),
    ];
    for (const { response, body } of await Promise.all(attempts)) {
      const refused =
        (response.status >= 400 && response.status < 500) ||
        /[?&]error=/.test(headerOf(response, "location"));
      assert.ok(refused, `${response.url}: ${response.status} ${body}`);
      assert.doesNotMatch(headerOf(response, "set-cookie"), /session_token=[^;]/);
    }
    assert.deepEqual(server.tables, before);

    // What that would have done, had the token an e-mail in it.
    const withEmail = await signJWT({ email: "ada@example.com" }, secret);
    await server.ask(`/verify-email?token=${withEmail}`);
    assert.equal(server.tables.user[0]?.emailVerified, true);
  });

  for (const cache of caches) {
    const how = cache.strategy + ("sessionCookieCache" in cache ? " by the jwt plugin" : "");
    test(`an API token opens no session (key derivation: ${keyDerivation}; cookie cache: ${how})`, async (t) => {
      const server = await start(t, { keyDerivation, ...cache });
      const [ada, gone] = [await server.signUp("ada"), await server.signUp("gone")];
      const tokens = [await server.apiToken(ada), await server.apiToken(gone)];
      const cached = await server.sessionData(gone);
      await server.signOut(gone);
      const before = structuredClone(server.tables);
      const data = "better-auth.session_data";
      for (const token of tokens) {
        for (const headers of [
          { cookie: `better-auth.session_token=${token}` },
          { cookie: `better-auth.session_token=${token}; ${data}=${token}` },
          { cookie: `${data}=${token}` },
          { cookie: `${gone.cookie}; ${data}=${token}` },
          { authorization: `Bearer ${token}` },
          { authorization: `Bearer ${token.replaceAll(".", "%2E")}` },
        ]) {
          const { body } = await server.ask("/get-session", { headers });
          // Better Auth fails at a compact cache that is no base64url.
          assert.match(body, /^null$|"FAILED_TO_GET_SESSION"/, JSON.stringify(headers));
          const { response } = await server.ask("/sallyport/token", { headers });
          assert.equal(response.status, 401);
        }
      }
      assert.deepEqual(server.tables, before);

      const { body } = await server.ask("/get-session", {
        cookie: `${gone.cookie}; ${data}=${cached}`,
      });
      assert.notEqual(body, "null", "the cache is at work");
    });
  }

  test(`Better Auth's own tokens are none of the API's (key derivation: ${keyDerivation})`, async (t) => {
    const server = await start(t, { keyDerivation, strategy: "jwt" });
    const backend = await startTokenBackend(t, { secret: key, issuer: server.origin, audience });
    const ada = await server.signUp("ada");
    const eddsa = z
      .object({ token: z.string() })
      .parse(JSON.parse((await server.ask("/token", { cookie: ada.cookie })).body)).token;
    const claims = { sub: ada.userId, uid: ada.userId, iss: server.origin, aud: audience };
    const invalid = {
      "a verification e-mail's token": ada.verificationToken,
      "a verification e-mail's token with all claims of ours": await createEmailVerificationToken(
        secret,
        "ada@example.com",
        undefined,
        300,
        claims,
      ),
      "a cookie cache of the jwt strategy": await server.sessionData(ada),
      "anything signed as that is, with all claims of ours": await signJWT(claims, secret, 300),
      "a token of the jwt plugin": eddsa,
    };
    for (const [what, token] of Object.entries(invalid)) {
      assert.ok(decodeProtectedHeader(token).alg, what);
      assert.equal(await backend.call(token), "401 token_invalid", what);
    }
    assert.equal(await backend.call(await server.apiToken(ada)), `200 ${ada.userId}`);
  });

  for (const cache of caches) {
    const how = cache.strategy + ("sessionCookieCache" in cache ? " by the jwt plugin" : "");
    test(`neither a cookie cache nor a session token is a token (key derivation: ${keyDerivation}; cookie cache: ${how})`, async (t) => {
      const server = await start(t, { keyDerivation, ...cache });
      const backend = await startTokenBackend(t, { secret: key, issuer: server.origin, audience });
      const ada = await server.signUp("ada");
      const [, sessionToken = ""] = decodeURIComponent(ada.cookie).split("=");
      for (const credential of [await server.sessionData(ada), sessionToken]) {
        assert.ok(credential.length > 32);
        assert.match(await backend.call(credential), /^401 (token_invalid|credentials_malformed)$/);
      }
    });
  }
}

function post(body: object): RequestInit {
  return { method: "POST", body: JSON.stringify(body) };
}

function headerOf({ headers }: Response, name: string): string {
  return headers.get(name) ?? "";
}
