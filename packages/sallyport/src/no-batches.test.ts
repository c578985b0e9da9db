import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import { setImmediate, setTimeout } from "node:timers/promises";
import { startGuardedFake } from "../test/guarded-fake.ts";
import type { FakeBetterAuth } from "./testing.ts";

const mode = "batched";
const probeIntervalMs = 60_000;
/** What a busy machine may add to a time. */
const slackMs = 1_000;

/** The warnings of this kind, as they come. */
function watchWarnings(t: TestContext): Error[] {
  const warnings: Error[] = [];
  const note = (warning: Error) => {
    if ("code" in warning && warning.code === "SALLYPORT_NO_BATCHES") warnings.push(warning);
  };
  process.on("warning", note);
  t.after(() => process.off("warning", note));
  return warnings;
}

/** Moves the clock that the guard reads; nothing is waited for. */
function startClock(t: TestContext) {
  const now = performance.now.bind(performance);
  let aheadMs = 0;
  t.mock.method(performance, "now", () => now() + aheadMs);
  return {
    advance(ms: number) {
      aheadMs += ms;
    },
  };
}

/** How many calls of each kind have come since this was asked last. */
function countCalls({ requests }: FakeBetterAuth) {
  let counted = 0;
  return () => {
    const urls = requests.slice(counted).map(({ url }) => url);
    counted = requests.length;
    return {
      batches: urls.filter((url) => url.endsWith("/sallyport/sessions")).length,
      single: urls.filter((url) => url.includes("/get-session?")).length,
    };
  };
}

test("a Better Auth without the plugin is asked for each session by itself, and said so of once", async (t) => {
  const warnings = watchWarnings(t);
  const clock = startClock(t);
  const { auth, guard, judge } = await startGuardedFake(t, { mode, plugin: false });
  const calls = countCalls(auth);
  const [ada, bob, eve] = [auth.signIn(), auth.signIn(), auth.signIn()];
  auth.revoke(eve);
  const judgeAll = () => Promise.all([ada, bob, eve].map((session) => judge(session)));
  const verdicts = ["ok", "ok", "session_invalid"];

  assert.deepEqual(await judgeAll(), verdicts);
  assert.deepEqual(calls(), { batches: 1, single: 3 });
  assert.deepEqual(await judgeAll(), verdicts);
  assert.deepEqual(calls(), { batches: 0, single: 3 });

  clock.advance(probeIntervalMs - slackMs);
  assert.deepEqual(await judgeAll(), verdicts);
  assert.deepEqual(calls(), { batches: 0, single: 3 }, "not asked before its time");
  clock.advance(slackMs);
  assert.deepEqual(await judgeAll(), verdicts);
  assert.deepEqual(calls(), { batches: 1, single: 3 }, "and asked again after it");
  assert.deepEqual(await judgeAll(), verdicts);
  assert.deepEqual(calls(), { batches: 0, single: 3 });

  await setImmediate();
  assert.equal(warnings.length, 1);
  assert.ok(warnings[0]?.message.includes(auth.url));
  assert.equal(guard.authority(), "ok");
});

test("each guard says it for itself", async (t) => {
  const warnings = watchWarnings(t);
  for (const guards of [1, 2]) {
    const { auth, judge } = await startGuardedFake(t, { mode, plugin: false });
    assert.equal(await judge(auth.signIn()), "ok");
    await setImmediate();
    assert.equal(warnings.length, guards);
  }
});

test("SEC14 a 404 for everything is no sign-out, and a minute later look-ups travel together again", async (t) => {
  const clock = startClock(t);
  const { auth, judge } = await startGuardedFake(t, { mode });
  const calls = countCalls(auth);
  const [ada, bob] = [auth.signIn(), auth.signIn()];
  const judgeAll = () => Promise.all([judge(ada), judge(bob)]);
  await auth.fail("status-404");
  assert.deepEqual(await judgeAll(), ["authority_unavailable", "authority_unavailable"]);
  assert.deepEqual(calls(), { batches: 1, single: 2 });
  await auth.recover();
  assert.deepEqual(await judgeAll(), ["ok", "ok"]);
  assert.deepEqual(calls(), { batches: 0, single: 2 });
  clock.advance(probeIntervalMs);
  assert.deepEqual(await judgeAll(), ["ok", "ok"]);
  assert.deepEqual(calls(), { batches: 1, single: 0 });
});

test("a stray 404 where batches were taken before keeps them off for a second, and warns of nothing", async (t) => {
  const warnings = watchWarnings(t);
  const clock = startClock(t);
  const { auth, judge } = await startGuardedFake(t, { mode });
  const calls = countCalls(auth);
  const ada = auth.signIn();
  assert.equal(await judge(ada), "ok");
  await auth.fail("status-404");
  assert.equal(await judge(ada), "authority_unavailable");
  await auth.recover();
  assert.deepEqual(calls(), { batches: 2, single: 1 });
  assert.equal(await judge(ada), "ok");
  assert.deepEqual(calls(), { batches: 0, single: 1 });
  clock.advance(1_000);
  assert.equal(await judge(ada), "ok");
  assert.deepEqual(calls(), { batches: 1, single: 0 });
  await setImmediate();
  assert.deepEqual(warnings, []);
});

test("SEC14 a 404 that comes late leaves the look-up by itself what is left of the one deadline", async (t) => {
  const deadlineMs = 2_000;
  const { auth, judge } = await startGuardedFake(t, { mode, deadlineMs });
  const calls = countCalls(auth);
  await auth.fail(async ({ method }, response) => {
    if (method === "GET") return;
    await setTimeout(0.9 * deadlineMs);
    response.writeHead(404).end();
  });
  const startedAt = performance.now();
  assert.equal(await judge(auth.signIn()), "authority_unavailable");
  const elapsedMs = performance.now() - startedAt;
  assert.deepEqual(calls(), { batches: 1, single: 1 });
  // A deadline for each would be 1.9 of them.
  assert.ok(elapsedMs < deadlineMs + slackMs / 2, `${elapsedMs} ms`);
});

test("SEC13 by itself a session is asked for with its cookie and the key alone", async (t) => {
  const { auth, judge } = await startGuardedFake(t, { mode, plugin: false });
  const ada = auth.signIn();
  assert.equal(await judge(ada), "ok");
  assert.deepEqual(auth.requests.at(-1)?.headers, {
    accept: "application/json",
    connection: "keep-alive",
    cookie: ada.cookie,
    host: new URL(auth.url).host,
    "x-sallyport-key": auth.serviceKey,
  });
});
