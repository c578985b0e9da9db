import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { json } from "node:stream/consumers";
import { describe, test } from "node:test";
import * as z from "zod";
import { patientMs, serviceKey } from "../test/auth-server.ts";
import { outcomeOf, request } from "../test/every-outcome.ts";
import { signedSession, startGuardedFake, watchCalls } from "../test/guarded-fake.ts";
import { hosts, startLookUps } from "../test/session-look-ups.ts";
import { type BetterAuthSessionOptions, betterAuthSession, createGuard } from "./index.ts";
import type { FakeSession } from "./testing.ts";

const mode = "batched";
const batchPath = "/api/auth/sallyport/sessions";
const singlePath = "/api/auth/get-session?disableCookieCache=true&disableRefresh=true";
const batch = z.strictObject({ batch: z.uuid(), sessions: z.array(z.string()) });

async function readBatch(call: IncomingMessage): Promise<string[]> {
  return batch.parse(await json(call)).sessions;
}

function answer(response: ServerResponse, results: unknown): void {
  response.writeHead(200, { "content-type": "application/json" });
  response.end(JSON.stringify({ results }));
}

function told({ user }: FakeSession, expiresAt = new Date(Date.now() + 60_000)) {
  return { user, session: { expiresAt } };
}

const ways: [what: string, options: Partial<BetterAuthSessionOptions>, path: string][] = [
  ["with a service key: to the batch endpoint", { serviceKey }, batchPath],
  ["without one: to get-session", {}, singlePath],
  ["with a key and batch: false: to get-session", { serviceKey, batch: false }, singlePath],
  ["with batch: true and no key: to get-session", { batch: true }, singlePath],
];
for (const [what, options, path] of ways) {
  test(`all look-ups go one way, ${what}`, async (t) => {
    const server = await startLookUps(t);
    const guard = createGuard({
      schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs, ...options })],
    });
    t.after(guard.close);
    const { cookie } = await server.signUp("ada");
    for (let i = 0; i < 3; i++) {
      const outcomes = [1, 2, 3].map(() => outcomeOf(guard, cookieRequest(cookie)));
      assert.deepEqual(new Set(await Promise.all(outcomes)), new Set(["allowed"]));
    }
    assert.deepEqual(new Set(server.seen.map(({ url }) => url)), new Set([path]));
  });
}

for (const { host, answersBatchesFirst } of hosts) {
  describe(`batched look-ups, answered by ${host}`, () => {
    test("each of many at once is given its own user", async (t) => {
      const { server, guard } = await startGuarded(t, answersBatchesFirst);
      const cookies = (await server.addSessions(250)).map(
        (value) => `better-auth.session_token=${encodeURIComponent(value)}`,
      );
      const results = cookies.map((cookie) => guard.authenticate(cookieRequest(cookie)));
      const names = (await Promise.all(results)).map((result) => result.ok && result.user.name);
      assert.deepEqual(
        names,
        cookies.map((_, index) => `user${index}`),
      );
      assert.deepEqual(new Set(server.seen.map(({ url }) => url)), new Set([batchPath]));
      assert.equal(server.seen.length, 3);
    });

    test("SEC12 a session that has ended is out with the next request, and nobody beside it", async (t) => {
      const { server, guard } = await startGuarded(t, answersBatchesFirst);
      const [ada, bob, eve] = [
        await server.signUp("ada"),
        await server.signUp("bob"),
        await server.signUp("eve"),
      ];
      const judge = () =>
        Promise.all([ada, bob, eve].map(({ cookie }) => outcomeOf(guard, cookieRequest(cookie))));
      assert.deepEqual(await judge(), ["allowed", "allowed", "allowed"]);
      await server.signOut(bob);
      assert.deepEqual(await judge(), ["allowed", "session_invalid", "allowed"]);
      server.expire(eve);
      assert.deepEqual(await judge(), ["allowed", "session_invalid", "session_invalid"]);
    });

    test("SEC14 a storage that is down signs nobody out", async (t) => {
      const { server, guard } = await startGuarded(t, answersBatchesFirst);
      const { cookie } = await server.signUp("ada");
      server.failStorage(true);
      assert.equal(await outcomeOf(guard, cookieRequest(cookie)), "authority_unavailable");
      server.failStorage(false);
      assert.equal(await outcomeOf(guard, cookieRequest(cookie)), "allowed");
    });
  });
}

test("SEC13 the signed values and the key travel, and nothing else of any client's", async (t) => {
  const { auth, guard } = await startGuardedFake(t, { mode });
  const [ada, bob] = [auth.signIn(), auth.signIn()];
  const calls: { headers: object; sessions: string[] }[] = [];
  await auth.fail(async (call, response) => {
    const sessions = await readBatch(call);
    calls.push({ headers: call.headers, sessions });
    answer(response, [told(ada), told(bob)]);
  });
  const headers = {
    authorization: "Bearer x",
    "x-forwarded-for": "6.6.6.6",
    "x-forwarded-host": "evil.example",
    "x-sallyport-key": "evil",
    "user-agent": "client/1",
    host: "evil.example",
  };
  const outcomes = [ada, bob].map((session) => {
    const cookie = `better-auth.session_data=evil; ${session.cookie}; other=1`;
    return outcomeOf(guard, request(undefined, { headers: { ...headers, cookie } }));
  });
  assert.deepEqual(await Promise.all(outcomes), ["allowed", "allowed"]);
  const sessions = [ada, bob].map(signedSession);
  const expected = {
    accept: "application/json",
    connection: "keep-alive",
    "content-length": String(JSON.stringify({ batch: randomUUID(), sessions }).length),
    "content-type": "application/json",
    host: new URL(auth.url).host,
    "x-sallyport-key": auth.serviceKey,
  };
  assert.deepEqual(calls, [{ headers: expected, sessions }]);
});

test("one session in many requests is sent once, and each of them is judged", async (t) => {
  const { auth, guard } = await startGuardedFake(t, { mode });
  const callsFor = watchCalls(t);
  const [ada, bob] = [auth.signIn(), auth.signIn()];
  const outcomes = await Promise.all([
    outcomeOf(guard, request(ada), { owner: ada.user.id }),
    outcomeOf(guard, request(ada), { owner: bob.user.id }),
    outcomeOf(guard, request(bob), { owner: bob.user.id }),
    outcomeOf(guard, request(ada, { headers: { cookie: `a=1; ${ada.cookie}` } })),
    outcomeOf(guard, request(bob), { owner: ada.user.id }),
  ]);
  const allowed = "allowed";
  assert.deepEqual(outcomes, [allowed, "user_mismatch", allowed, allowed, "user_mismatch"]);
  assert.deepEqual(callsFor(ada, bob), [[ada, bob].map(signedSession)]);
});

test("SEC12 a look-up that is under way answers nobody who came after it began", async (t) => {
  const { auth, judge } = await startGuardedFake(t, { mode });
  const ada = auth.signIn();
  const arrived = Promise.withResolvers<void>();
  const hasLeft = Promise.withResolvers<void>();
  await auth.fail(async (_, response) => {
    if (auth.requests.length > 1) return answer(response, [null]);
    arrived.resolve();
    await hasLeft.promise;
    answer(response, [told(ada)]);
  });
  const before = judge(ada);
  await arrived.promise;
  assert.equal(await judge(ada), "session_invalid");
  hasLeft.resolve();
  assert.equal(await before, "ok");
});

test("SEC14 a service key that Better Auth does not know is an outage that says so, and no sign-out", async (t) => {
  const { auth, guard } = await startGuardedFake(t, { mode });
  const mistaken = createGuard({ schemes: [betterAuthSession({ url: auth.url, serviceKey })] });
  t.after(mistaken.close);
  for (let i = 0; i < 10; i++) {
    const result = await mistaken.authenticate(request(auth.signIn()));
    assert.ok(!result.ok);
    assert.equal(result.failure.code, "authority_unavailable");
    assert.match(String(result.failure.cause), /service key/);
  }
  assert.equal(mistaken.authority(), "ok");
  assert.deepEqual(new Set(auth.requests.map(({ url }) => url)), new Set([batchPath]));
  assert.equal(await outcomeOf(guard, request(auth.signIn())), "allowed");
});

test("SEC15 a session that has expired by this clock fails alone", async (t) => {
  const { auth, judge } = await startGuardedFake(t, { mode });
  const [ada, bob, eve] = [auth.signIn(), auth.signIn(), auth.signIn()];
  await auth.fail((_, response) => answer(response, [told(ada), told(bob, new Date()), null]));
  assert.deepEqual(await Promise.all([ada, bob, eve].map((session) => judge(session))), [
    "ok",
    "authority_unavailable",
    "session_invalid",
  ]);
});

const ada = {
  user: { id: "ada", email: null, name: null },
  session: { expiresAt: new Date("2099") },
};
const mistakes: [what: string, results: unknown][] = [
  ["one result too few", [ada]],
  ["one result too many", [ada, ada, ada]],
  ["no results", []],
  ["null for a list", null],
  ["no list", { 0: ada, 1: ada, length: 2 }],
  ["one result that is none", [ada, {}]],
];
for (const [what, results] of mistakes) {
  test(`SEC14 ${what}: nobody in the batch is let in, and nobody signed out`, async (t) => {
    const { auth, guard, judge } = await startGuardedFake(t, { mode });
    await auth.fail((_, response) => answer(response, results));
    const verdicts = await Promise.all([judge(auth.signIn()), judge(auth.signIn())]);
    assert.deepEqual(verdicts, ["authority_unavailable", "authority_unavailable"]);
    assert.equal(auth.requests.length, 1);
    assert.equal(guard.authority(), "ok");
  });
}

test("SEC14 an outage fails those in its batch, and nobody in the one beside it", async (t) => {
  const { auth, judge } = await startGuardedFake(t, { mode });
  await auth.fail(async (call, response) => {
    if ((await readBatch(call)).length > 1) response.writeHead(500).end();
    else answer(response, [null]);
  });
  const verdicts = Array.from({ length: 101 }, () => judge(auth.signIn()));
  const last = await verdicts.pop();
  assert.equal(last, "session_invalid");
  assert.deepEqual(new Set(await Promise.all(verdicts)), new Set(["authority_unavailable"]));
});

test("SEC14 one user's endless name keeps out nobody who travels along", async (t) => {
  const { auth, guard, judge } = await startGuardedFake(t, { mode });
  const mallory = auth.signIn({ name: "m".repeat(2_000_000) });
  const all = [mallory, ...Array.from({ length: 20 }, () => auth.signIn())];
  const verdicts = await Promise.all(all.map((session) => judge(session)));
  assert.deepEqual(new Set(verdicts), new Set(["ok"]));
  assert.equal(guard.authority(), "ok");
  assert.deepEqual(
    auth.requests.map(({ url }) => url),
    [batchPath],
  );
});

function cookieRequest(cookie: string) {
  return request(undefined, { headers: { cookie } });
}

async function startGuarded(t: Parameters<typeof startLookUps>[0], answersBatchesFirst: boolean) {
  const server = await startLookUps(t, { answersBatchesFirst });
  const guard = createGuard({
    schemes: [betterAuthSession({ url: server.url, serviceKey, deadlineMs: patientMs })],
  });
  t.after(guard.close);
  return { server, guard };
}
