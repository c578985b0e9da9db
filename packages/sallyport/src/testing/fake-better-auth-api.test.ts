import assert from "node:assert/strict";
import { once } from "node:events";
import { get } from "node:https";
import { createConnection, type Socket } from "node:net";
import { type TestContext, test } from "node:test";
import * as z from "zod";
import { parsePair } from "../../test/cookie-headers.ts";
import { deriveServiceKey } from "../core/service-key.ts";
import { type FakeBetterAuth, type FakeBetterAuthOptions, fakeBetterAuth } from "../testing.ts";

async function start(t: TestContext, options?: FakeBetterAuthOptions): Promise<FakeBetterAuth> {
  const fake = await fakeBetterAuth(options);
  t.after(() => fake.close());
  return fake;
}

/** The id of the user that the cookie stands for; null for nobody. */
async function whoIs({ url }: FakeBetterAuth, cookie: string): Promise<string | null> {
  const response = await fetch(`${url}/get-session`, { headers: { cookie } });
  assert.equal(response.status, 200);
  const body: { user: { id: string } } | null = await response.json();
  return body?.user.id ?? null;
}

async function connect({ origin }: FakeBetterAuth): Promise<Socket> {
  const socket = createConnection(Number(new URL(origin).port), "127.0.0.1");
  await once(socket, "connect");
  return socket;
}

test("each sign-in is another user's, unless one is given", async (t) => {
  const fake = await start(t);
  const [one, other] = [fake.signIn(), fake.signIn()];
  assert.notEqual(one.user.id, other.user.id);
  assert.equal(await whoIs(fake, one.cookie), one.user.id);
  assert.equal(await whoIs(fake, other.cookie), other.user.id);

  const ada = { id: "ada", name: "Ada L.", email: "ada@example.org" };
  const [first, second] = [fake.signIn(ada), fake.signIn({ id: "ada" })];
  assert.deepEqual(first.user, ada);
  assert.notEqual(first.cookie, second.cookie);
  assert.equal(await whoIs(fake, second.cookie), "ada");
});

test("revoking or expiring a session ends that session alone, at the next look-up", async (t) => {
  const fake = await start(t);
  const [kept, revoked, expired] = [fake.signIn(), fake.signIn(), fake.signIn()];
  fake.revoke(revoked);
  assert.equal(await whoIs(fake, revoked.cookie), null);
  fake.expire(expired);
  assert.equal(await whoIs(fake, expired.cookie), null);
  fake.revoke(revoked);
  fake.expire(revoked);
  assert.equal(await whoIs(fake, kept.cookie), kept.user.id);
});

test("a fault meets every request until it ends, and leaves users and sessions as they were", async (t) => {
  const fake = await start(t);
  const { cookie, user } = fake.signIn();
  await fake.fail("status-503");
  for (const path of ["/get-session", "/jwks", "/nothing"]) {
    assert.equal((await fetch(fake.url + path)).status, 503);
  }
  await fake.fail("status-429");
  assert.equal((await fetch(`${fake.url}/ok`)).status, 429, "one fault takes the place of another");
  await fake.recover();
  assert.equal(await whoIs(fake, cookie), user.id);
  await fake.recover();
});

/** A look-up of many, with the key that the fake has. */
function askBatch({ url, serviceKey }: FakeBetterAuth, cookies: string[]): Promise<Response> {
  return fetch(`${url}/sallyport/sessions`, {
    method: "POST",
    headers: { "content-type": "application/json", "X-Sallyport-Key": serviceKey },
    body: JSON.stringify({ sessions: cookies.map((cookie) => parsePair(cookie).value) }),
  });
}

test("its service key is the one that its secret's backends have", async (t) => {
  const secret = "s".repeat(32);
  assert.equal((await start(t, { secret })).serviceKey, deriveServiceKey(secret));
  assert.notEqual((await start(t)).serviceKey, (await start(t)).serviceKey);
});

test("without the plugin there is get-session alone", async (t) => {
  const fake = await start(t, { plugin: false });
  const { cookie, user } = fake.signIn();
  assert.equal((await askBatch(fake, [cookie])).status, 404);
  assert.equal((await fetch(`${fake.url}/session`, { headers: { cookie } })).status, 404);
  assert.equal(await whoIs(fake, cookie), user.id);
});

test("a fault in what is said of a session is in all of a batch, or in how long the batch is", async (t) => {
  const fake = await start(t);
  const ada = fake.signIn();
  const gone = fake.signIn();
  fake.revoke(gone);
  const told = async () => {
    const answer = await askBatch(fake, [ada.cookie, gone.cookie]);
    const { results } = z.object({ results: z.array(z.unknown()) }).parse(await answer.json());
    return results;
  };
  const session = { expiresAt: z.iso.datetime() };
  const result = z.strictObject({ user: z.unknown(), session: z.strictObject(session) });
  const [found, none, ...others] = await told();
  const { expiresAt } = result.parse(found).session;
  assert.deepEqual([result.parse(found).user, none, others], [ada.user, null, []]);

  await fake.fail("wrong-types");
  const mistyped = { user: { ...ada.user, id: 1 }, session: { expiresAt } };
  assert.deepEqual(await told(), [mistyped, {}]);
  await fake.fail("expired-session");
  const [expired, emptied] = await told();
  assert.ok(new Date(result.parse(expired).session.expiresAt) < new Date());
  assert.deepEqual(emptied, {});
  for (const fault of ["another-token", "another-user"] as const) {
    await fake.fail(fault);
    assert.deepEqual(await told(), [found, none, found], fault);
  }
});

test("a batch that breaks off in the midst hurts nobody else", async (t) => {
  const fake = await start(t);
  const socket = await connect(fake);
  const head = `POST /api/auth/sallyport/sessions HTTP/1.1\r\nHost: x\r\nX-Sallyport-Key: ${fake.serviceKey}`;
  socket.write(`${head}\r\nContent-Length: 100\r\n\r\n{"sessions":`);
  while (fake.requests.length === 0) await new Promise(setImmediate);
  socket.destroy();
  while (fake.openConnections > 0) await new Promise(setImmediate);
  const { cookie, user } = fake.signIn();
  assert.equal(await whoIs(fake, cookie), user.id);
});

test("a listener of one's own answers in the place of Better Auth", async (t) => {
  const fake = await start(t);
  await fake.fail((request, response) => void response.writeHead(418).end(request.url));
  const response = await fetch(`${fake.url}/get-session?a=1`);
  assert.equal(response.status, 418);
  assert.equal(await response.text(), "/api/auth/get-session?a=1");
});

test("nobody listens during connection-refused, and recovery is at the same address", async (t) => {
  const fake = await start(t);
  const { cookie, user } = fake.signIn();
  await fake.fail("connection-refused");
  await fake.fail("connection-refused");
  await assert.rejects(connect(fake), { code: "ECONNREFUSED" });
  assert.equal(fake.openConnections, 0);
  await fake.fail("status-502");
  assert.equal((await fetch(`${fake.url}/ok`)).status, 502);
  await fake.fail("connection-refused");
  await fake.recover();
  assert.equal(await whoIs(fake, cookie), user.id);
});

test("every request that arrived is on record, those that met a fault too", async (t) => {
  const fake = await start(t);
  await fetch(`${fake.url}/ok`, { headers: { "X-Sallyport-Key": "k" } });
  await fake.fail("reset-before-headers");
  await assert.rejects(fetch(`${fake.url}/get-session?a=1`, { method: "POST" }));
  assert.deepEqual(
    fake.requests.map(({ method, url }) => `${method} ${url}`),
    ["GET /api/auth/ok", "POST /api/auth/get-session?a=1"],
  );
  assert.equal(fake.requests[0]?.headers["x-sallyport-key"], "k");
});

test("closing ends what is open, a request without an answer included, and frees the port", async (t) => {
  const fake = await start(t);
  const idle = await connect(fake);
  await fake.fail("no-answer");
  const unanswered = assert.rejects(fetch(`${fake.url}/get-session`));
  while (fake.requests.length === 0) await new Promise(setImmediate);
  assert.equal(fake.openConnections, 2);
  const ended = once(idle, "close");
  await fake.close();
  await Promise.all([ended, unanswered]);
  assert.equal(fake.openConnections, 0);
  await assert.rejects(connect(fake), { code: "ECONNREFUSED" });
  await fake.close();
});

test("the cookie has the name that Better Auth would give it, or the one that is asked for", async (t) => {
  const names: [options: FakeBetterAuthOptions, name: string][] = [
    [{}, "better-auth.session_token"],
    [{ secure: true }, "__Secure-better-auth.session_token"],
    [{ https: true }, "__Secure-better-auth.session_token"],
    [{ https: true, secure: false }, "better-auth.session_token"],
    [{ secure: true, cookieName: "acme.session_token" }, "acme.session_token"],
  ];
  for (const [options, name] of names) {
    const fake = await start(t, options);
    assert.equal(fake.signIn().cookie.split("=")[0], name);
  }
});

test("over https it answers those who trust its certificate, and nobody else", async (t) => {
  const fake = await start(t, { https: true });
  assert.match(fake.origin, /^https:/);
  await assert.rejects(fetch(`${fake.url}/ok`));
  const [response] = await once(get(`${fake.url}/ok`, { ca: fake.certificate }), "response");
  assert.equal(response.statusCode, 200);
  response.resume();
});
