import assert from "node:assert/strict";
import { test } from "node:test";
import { decodeJwt } from "jose";
import { fromNewAddress, secret } from "../test/auth-server.ts";
import { audience, startTokenBackend } from "../test/token-backend.ts";
import { readRefusal, startTokenServer } from "../test/token-server.ts";

test("a token ends with its session, and one that is about to end gets none", async (t) => {
  const server = await startTokenServer(t, { token: { audience, lifetimeSeconds: 900 } });
  const ada = await server.signUp("ada");
  const end = new Date(Date.now() + 60_000);
  server.expire(ada, end);
  const { exp } = decodeJwt(await server.tokenFor(ada));
  assert.equal(exp, Math.floor(end.getTime() / 1000));

  server.expire(ada, new Date(Math.floor(Date.now() / 1000) * 1000 + 999));
  assert.equal(await readRefusal(await server.ask(ada.cookie)), "401 session_invalid");
});

test("J8 whoever has signed out or is deleted gets no new token, and the old one counts until it expires", async (t) => {
  const server = await startTokenServer(t, {
    token: { audience, lifetimeSeconds: 3 },
    settings: { user: { deleteUser: { enabled: true } } },
  });
  const backend = await startTokenBackend(t, {
    secret,
    issuer: server.origin,
    audience,
    clockToleranceSeconds: 0,
  });
  const ways = [server.signOut, server.deleteUser].map(async (end, index) => {
    const user = await server.signUp(`user${index}`);
    const token = await server.tokenFor(user);
    const { exp = 0 } = decodeJwt(token);
    await end(user);
    assert.equal(await readRefusal(await server.ask(user.cookie)), "401 session_invalid");

    const known = `200 ${user.userId}`;
    let answer = await backend.call(token);
    assert.equal(answer, known);
    while (answer === known) answer = await backend.call(token);
    assert.equal(answer, "401 token_expired");
    assert.ok(Date.now() >= exp * 1000);
  });
  await Promise.all(ways);
});

test("SEC14 storage that fails is 503 and never 401, with the cookie cache too", async (t) => {
  for (const session of [{}, { cookieCache: { enabled: true } }]) {
    const server = await startTokenServer(t, { settings: { session } });
    const ada = await server.signUp("ada");
    server.failStorage(true);
    const response = await server.ask(ada.cookie);
    assert.equal(response.headers.get("retry-after"), "1");
    assert.equal(response.headers.get("www-authenticate"), null);
    assert.equal(await readRefusal(response), "503 authority_unavailable");
    assert.equal(
      await readRefusal(await server.ask("")),
      "401 credentials_missing",
      "nothing to look up",
    );
    server.failStorage(false);
    assert.equal((await server.ask(ada.cookie)).status, 200);
  }
});

test("SEC12 a session that is gone gets no token although the cookie cache still holds it", async (t) => {
  const server = await startTokenServer(t, {
    settings: { session: { cookieCache: { enabled: true } } },
  });
  const ada = await server.signUp("ada");
  const signIn = await fetch(`${server.url}/get-session`, {
    headers: { ...fromNewAddress(), cookie: ada.cookie },
  });
  const cached = signIn.headers.getSetCookie().map((line) => line.split(";")[0]);
  assert.ok(cached.some((cookie) => cookie?.includes("session_data=")));
  const cookie = [ada.cookie, ...cached].join("; ");
  server.tables.session.length = 0;
  const stale = await fetch(`${server.url}/get-session`, {
    headers: { ...fromNewAddress(), cookie },
  });
  assert.notEqual(await stale.json(), null, "Better Auth believes its cache");
  assert.equal(await readRefusal(await server.ask(cookie)), "401 session_invalid");
});

test("of several secrets the first signs, and a backend that has them all takes the old ones' tokens", async (t) => {
  const next = "the-secret-after-the-next-rotation-0123";
  const rotated = await startTokenServer(t, {
    settings: {
      secrets: [
        { version: 2, value: next },
        { version: 1, value: secret },
      ],
    },
  });
  const before = await startTokenServer(t);
  const tokens = {
    new: await rotated.tokenFor(await rotated.signUp("ada")),
    old: await before.tokenFor(await before.signUp("ada")),
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
