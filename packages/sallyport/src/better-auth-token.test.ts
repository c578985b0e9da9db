import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { type TestContext, test } from "node:test";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { admin } from "better-auth/plugins/admin";
import { bearer } from "better-auth/plugins/bearer";
import { decodeJwt, decodeProtectedHeader } from "jose";
import * as z from "zod";
import { type SignedIn, secret, serviceKey, startBetterAuth } from "../test/auth-server.ts";
import { audience, startTokenBackend } from "../test/token-backend.ts";
import { deriveTokenKey, sallyport, type TokenOptions } from "./better-auth.ts";

type ServerOptions = Parameters<typeof startBetterAuth>[0];

async function start(t: TestContext, options: ServerOptions = {}) {
  const server = await startBetterAuth({ token: { audience }, ...options });
  t.after(server.close);
  return server;
}
type Server = Awaited<ReturnType<typeof start>>;

/** Asks as one of many clients: Better Auth's rate limiter is one for all servers of a process. */
function ask(server: Server, cookie: string, headers: Record<string, string> = {}) {
  return fetch(`${server.url}/sallyport/token`, {
    headers: { "x-client-address": randomUUID(), cookie, ...headers },
  });
}

const tokenBody = z.strictObject({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().positive(),
});

async function tokenFor(server: Server, { cookie }: SignedIn): Promise<string> {
  const response = await ask(server, cookie);
  assert.equal(response.status, 200);
  return tokenBody.parse(await response.json()).access_token;
}

async function refusal(response: Response) {
  const body = z.object({ error_code: z.string() }).parse(await response.json());
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(response.headers.getSetCookie(), []);
  return `${response.status} ${body.error_code}`;
}

test("there is no token endpoint unless it is asked for", async (t) => {
  const server = await startBetterAuth();
  t.after(server.close);
  const { cookie } = await server.signUp("ada");
  assert.equal((await ask(server, cookie)).status, 404);
});

for (const keyDerivation of ["none", "hkdf"] as const) {
  test(`SEC9 a token opens its user's path and no other's (key derivation: ${keyDerivation})`, async (t) => {
    const server = await start(t, { token: { audience, keyDerivation } });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const key = keyDerivation === "hkdf" ? deriveTokenKey(secret) : secret;
    const otherKey = keyDerivation === "hkdf" ? secret : deriveTokenKey(secret);
    const issuer = server.origin;
    const backend = await startTokenBackend(t, { secret: key, issuer, audience });
    const other = await startTokenBackend(t, { secret: otherKey, issuer, audience });

    const token = await tokenFor(server, ada);
    assert.equal(await backend.call(token), `200 ${ada.userId}`);
    assert.equal(await backend.call(token, `/api/${ada.userId}/tasks`), `200 ${ada.userId}`);
    assert.equal(await backend.call(token, `/api/${bob.userId}/tasks`), "403 user_mismatch");
    assert.equal(await other.call(token), "401 token_invalid");
  });
}

test("a token says whose it is, for whom, by whom and for how long, and nothing else", async (t) => {
  const server = await start(t);
  const ada = await server.signUp("ada");
  const before = Math.floor(Date.now() / 1000);
  const response = await ask(server, ada.cookie);
  const body = tokenBody.parse(await response.json());
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
  const server = await start(t);
  const ada = await server.signUp("ada");
  const tokens = await Promise.all(Array.from({ length: 20 }, () => tokenFor(server, ada)));
  assert.equal(new Set(tokens.map((token) => decodeJwt(token).jti)).size, tokens.length);
});

test("SEC28 the answer is nobody else's to keep or to read", async (t) => {
  const server = await start(t);
  const { cookie } = await server.signUp("ada");
  const { headers } = await ask(server, cookie, { origin: "https://elsewhere.example" });
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("pragma"), "no-cache");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("access-control-allow-origin"), null);
});

test("asking for a token leaves the session and its cookie alone, even when a refresh is due", async (t) => {
  const server = await start(t);
  const ada = await server.signUp("ada");
  server.expire(ada, new Date(Date.now() + 60 * 60 * 1000));
  const before = structuredClone(server.tables.session);
  const response = await ask(server, ada.cookie);
  assert.equal(response.status, 200);
  assert.deepEqual(response.headers.getSetCookie(), []);
  assert.deepEqual(server.tables.session, before);
});

test("no session, no token: 401, with the challenge of a session", async (t) => {
  const server = await start(t, { plugins: [admin()] });
  const users = { late: await server.signUp("late"), gone: await server.signUp("gone") };
  const [ada, banned] = [await server.signUp("ada"), await server.signUp("banned")];
  server.expire(users.late);
  await server.signOut(users.gone);
  const { internalAdapter } = await server.auth.$context;
  await internalAdapter.updateUser(banned.userId, { banned: true });

  const [name = "", value = ""] = ada.cookie.split("=");
  const cookies = {
    none: "",
    expired: users.late.cookie,
    "signed out": users.gone.cookie,
    banned: banned.cookie,
    forged: `${name}=x${value}`,
    unsigned: `${name}=${value.split(".")[0]}`,
    "another's signature": `${ada.cookie.split(".")[0]}.${ada.cookie.split(".")[1]}.${banned.cookie.split(".").at(-1)}`,
    ambiguous: `${ada.cookie}; ${banned.cookie}`,
    "of another name": `__Secure-${ada.cookie}`,
  };
  for (const [what, cookie] of Object.entries(cookies)) {
    const response = await ask(server, cookie);
    assert.equal(
      response.headers.get("www-authenticate"),
      'Session realm="better-auth", error="invalid_token"',
    );
    assert.equal(await refusal(response), "401 session_invalid", what);
  }
  assert.equal((await ask(server, ada.cookie)).status, 200);
});

test("SEC1 a session token in an Authorization header gets no token, the bearer plugin or not", async (t) => {
  for (const plugins of [[], [bearer()]]) {
    const server = await start(t, { plugins });
    const [ada, bob] = [await server.signUp("ada"), await server.signUp("bob")];
    const signed = decodeURIComponent(bob.cookie.split("=")[1] ?? "");
    for (const credential of [signed, signed.split(".")[0]]) {
      const headers = { authorization: `Bearer ${credential}` };
      assert.equal(await refusal(await ask(server, "", headers)), "401 session_invalid");
      const { access_token } = tokenBody.parse(
        await (await ask(server, ada.cookie, headers)).json(),
      );
      assert.equal(decodeJwt(access_token).sub, ada.userId);
    }
    if (plugins.length === 0) continue;
    const session = await fetch(`${server.url}/get-session`, {
      headers: { "x-client-address": randomUUID(), authorization: `Bearer ${signed}` },
    });
    assert.notEqual(await session.json(), null, "the bearer plugin is at work");
  }
});

test("a page of another site is refused; our own pages and servers are not", async (t) => {
  const server = await start(t);
  const { cookie } = await server.signUp("ada");
  const from = (site: string) => ask(server, cookie, { "sec-fetch-site": site });
  assert.equal(await refusal(await from("cross-site")), "403 cross_origin_refused");
  for (const site of ["same-origin", "same-site", "none"]) {
    assert.equal((await from(site)).status, 200, site);
  }
});

test("SEC16 an address gets Better Auth's usual number of tokens, whoever shows a service key", async (t) => {
  const server = await start(t);
  const { cookie } = await server.signUp("ada");
  for (const headers of [{}, { "x-sallyport-key": serviceKey }]) {
    const address = { "x-client-address": randomUUID() };
    const answers = Array.from({ length: 120 }, () =>
      ask(server, cookie, { ...headers, ...address }),
    );
    const statuses = (await Promise.all(answers)).map(({ status }) => status);
    assert.equal(statuses.filter((status) => status === 200).length, 100);
    assert.equal(statuses.filter((status) => status === 429).length, 20);
  }
});

test("a token ends with its session, and one that is about to end gets none", async (t) => {
  const server = await start(t, { token: { audience, lifetimeSeconds: 900 } });
  const ada = await server.signUp("ada");
  const end = new Date(Date.now() + 60_000);
  server.expire(ada, end);
  const { exp } = decodeJwt(await tokenFor(server, ada));
  assert.equal(exp, Math.floor(end.getTime() / 1000));

  server.expire(ada, new Date(Math.floor(Date.now() / 1000) * 1000 + 999));
  assert.equal(await refusal(await ask(server, ada.cookie)), "401 session_invalid");
});

test("J8 whoever has signed out or is deleted gets no new token, and the old one counts until it expires", async (t) => {
  const server = await start(t, {
    token: { audience, lifetimeSeconds: 2 },
    settings: { user: { deleteUser: { enabled: true } } },
  });
  const backend = await startTokenBackend(t, {
    secret,
    issuer: server.origin,
    audience,
    clockToleranceSeconds: 0,
  });
  const endings = { signOut: server.signOut, deleteUser: server.deleteUser };
  for (const [name, end] of Object.entries(endings)) {
    const user = await server.signUp(name);
    const token = await tokenFor(server, user);
    await end(user);
    assert.equal(await refusal(await ask(server, user.cookie)), "401 session_invalid", name);
    const answers = [];
    const { exp = 0 } = decodeJwt(token);
    while (Date.now() < exp * 1000) answers.push([Date.now(), await backend.call(token)] as const);
    assert.ok(answers.length > 0);
    for (const [answeredAt, answer] of answers) {
      // The last of them was asked before the token's end, and maybe answered after it.
      const expected = answeredAt < exp * 1000 ? `200 ${user.userId}` : "401 token_expired";
      assert.equal(answer, expected, name);
    }
    assert.equal(await backend.call(token), "401 token_expired", name);
  }
});

test("SEC14 storage that fails is 503 and never 401, with the cookie cache too", async (t) => {
  for (const session of [{}, { cookieCache: { enabled: true } }]) {
    const server = await start(t, { settings: { session } });
    const ada = await server.signUp("ada");
    server.failStorage(true);
    const response = await ask(server, ada.cookie);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.equal(response.headers.get("www-authenticate"), null);
    assert.equal(await refusal(response), "503 authority_unavailable");
    assert.equal(await refusal(await ask(server, "")), "401 session_invalid", "nothing to look up");
    server.failStorage(false);
    assert.equal((await ask(server, ada.cookie)).status, 200);
  }
});

test("SEC12 a session that is gone gets no token although the cookie cache still holds it", async (t) => {
  const server = await start(t, { settings: { session: { cookieCache: { enabled: true } } } });
  const ada = await server.signUp("ada");
  const signIn = await fetch(`${server.url}/get-session`, {
    headers: { cookie: ada.cookie, "x-client-address": randomUUID() },
  });
  const cached = signIn.headers.getSetCookie().map((line) => line.split(";")[0]);
  assert.ok(cached.some((cookie) => cookie?.includes("session_data=")));
  const cookie = [ada.cookie, ...cached].join("; ");
  server.tables.session.length = 0;
  const stale = await fetch(`${server.url}/get-session`, {
    headers: { cookie, "x-client-address": randomUUID() },
  });
  assert.notEqual(await stale.json(), null, "Better Auth believes its cache");
  assert.equal(await refusal(await ask(server, cookie)), "401 session_invalid");
});

test("of several secrets the first signs, and a backend that has them all takes the old ones' tokens", async (t) => {
  const next = "the-secret-after-the-next-rotation-0123";
  const rotated = await start(t, {
    settings: {
      secrets: [
        { version: 2, value: next },
        { version: 1, value: secret },
      ],
    },
  });
  const before = await start(t);
  const tokens = {
    new: await tokenFor(rotated, await rotated.signUp("ada")),
    old: await tokenFor(before, await before.signUp("ada")),
  };
  const issuers = { new: rotated.origin, old: before.origin };
  for (const which of ["new", "old"] as const) {
    const options = { issuer: issuers[which], audience };
    const all = await startTokenBackend(t, { ...options, secret: [next, secret] });
    const onlyNext = await startTokenBackend(t, { ...options, secret: next });
    assert.match(await all.call(tokens[which]), /^200 /);
    assert.match(await onlyNext.call(tokens[which]), which === "new" ? /^200 / : /^401 /);
  }
});

test("options that cannot work throw where they are written", () => {
  const wrong: [options: Partial<Record<keyof TokenOptions, unknown>>, message: RegExp][] = [
    [{ audience: undefined }, /audience must be an origin such as/],
    [{ audience: "tasks" }, /audience must be an origin such as .+, received "tasks"/],
    [{ audience: "http://localhost:8000/" }, /audience must be an origin/],
    [{ audience: "https://api.example.com/tasks" }, /audience must be an origin/],
    [{ audience: "ftp://api.example.com" }, /audience must be an origin/],
    [{ lifetimeSeconds: 0 }, /lifetimeSeconds must be a whole number from 1 to 900, received 0/],
    [{ lifetimeSeconds: 901 }, /lifetimeSeconds/],
    [{ lifetimeSeconds: 1.5 }, /lifetimeSeconds/],
    [{ lifetimeSeconds: Number.NaN }, /lifetimeSeconds/],
    [{ keyDerivation: "sha256" }, /keyDerivation must be "none" or "hkdf", received "sha256"/],
  ];
  for (const [options, message] of wrong) {
    const token = Object.assign<TokenOptions, object>({ audience }, options);
    assert.throws(() => sallyport({ token }), { name: "TypeError", message });
  }
});

test("SEC6 a Better Auth that cannot issue tokens does not start", async () => {
  const contextOf = (options: Partial<Parameters<typeof betterAuth>[0]>) =>
    betterAuth({
      baseURL: "http://localhost:3000",
      secret,
      database: memoryAdapter({ user: [], session: [], account: [], verification: [] }),
      logger: { disabled: true },
      ...options,
      plugins: [sallyport({ token: { audience } })],
    }).$context;
  assert.ok(await contextOf({}));
  await assert.rejects(contextOf({ secret: "s".repeat(31) }), /at least 32 .+, received 31/);
  await assert.rejects(
    contextOf({ secrets: [{ version: 1, value: "s".repeat(31) }] }),
    /at least 32 .+, received 31/,
  );
  const address = /baseURL must be Better Auth's one public address, a URL, received/;
  await assert.rejects(
    contextOf({ baseURL: { allowedHosts: ["a.example", "b.example"] } }),
    address,
  );
  await assert.rejects(contextOf({ baseURL: "" }), address);
});
