import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { type Mode, modes, noSession, startGuardedFake, watchCalls } from "../test/guarded-fake.ts";
import type { Guard } from "./index.ts";
import { type FakeSession, type Fault, faults } from "./testing.ts";

const json = { "content-type": "application/json" };
/** For faults that last as long as the guard lets them. */
const shortDeadlineMs = 300;
const probeIntervalMs = 1_000;
/** What a busy machine may add to a time. */
const slackMs = 1_000;

const silences: readonly Fault[] = [
  "no-answer",
  "headers-then-silence",
  "slow-drip",
  "early-hints-only",
];
/** Connections that broke, and the answers of a Better Auth that is being restarted. */
const retried: readonly Fault[] = [
  "connection-refused",
  "reset-before-headers",
  "reset-in-body",
  "not-http",
  "switching-protocols",
  "status-502",
  "status-503",
  "status-504",
];
const outages: readonly Fault[] = [...retried, ...silences, "status-500"];

const totalOutages: readonly Fault[] = [
  "connection-refused",
  "reset-before-headers",
  "status-500",
  "status-503",
  "no-answer",
];

function optionsFor(mode: Mode, fault: Fault) {
  return silences.includes(fault) ? { mode, deadlineMs: shortDeadlineMs } : { mode };
}

/** A batch that ends at its deadline does so a moment after the requests in it. */
async function untilOpen(guard: Guard): Promise<void> {
  while (guard.authority() === "ok") await setTimeout(1);
}

for (const mode of modes) {
  describe(`${mode} look-ups`, () => {
    describe("one look-up makes one call, and one more only where that is safe and may help", {
      concurrency: 8,
    }, () => {
      for (const fault of faults.filter((fault) => isSameFor(mode, fault))) {
        const calls = retried.includes(fault) ? 2 : 1;
        const opens = outages.includes(fault);
        test(`${fault}: ${calls}, and it ${opens ? "opens" : "never opens"} the breaker`, async (t) => {
          const { auth, guard, judge } = await startGuardedFake(t, optionsFor(mode, fault));
          const callsFor = watchCalls(t);
          await auth.fail(fault);
          const lookUps = opens ? 5 : 20;
          for (let i = 0; i < lookUps; i++) {
            assert.equal(guard.authority(), "ok");
            const session = auth.signIn();
            assert.equal(await judge(session), "authority_unavailable");
            assert.equal(callsFor(session).length, calls);
          }
          if (opens) await untilOpen(guard);
          assert.equal(guard.authority(), opens ? "unavailable" : "ok");
          assert.ok(auth.requests.length <= lookUps * calls);
        });
      }
    });

    test("a second call that succeeds is as good as a first", async (t) => {
      const { auth, judge } = await startGuardedFake(t, { mode });
      const ada = auth.signIn();
      await auth.fail(({ socket }) => {
        void auth.recover();
        socket.destroy();
      });
      assert.equal(await judge(ada), "ok");
      assert.equal(auth.requests.length, 2);
    });

    test("a restart that breaks all connections at once refuses nobody", async (t) => {
      const { auth, guard, judge } = await startGuardedFake(t, { mode });
      const connections = mode === "batched" ? 1 : 20;
      await auth.fail(({ socket }) => {
        socket.destroy();
        if (auth.requests.length === connections) void auth.recover();
      });
      const verdicts = Array.from({ length: 20 }, () => judge(auth.signIn()));
      assert.deepEqual(new Set(await Promise.all(verdicts)), new Set(["ok"]));
      assert.equal(guard.authority(), "ok");
    });

    test("SEC14 a first call that fails late leaves the second what is left of the one deadline", async (t) => {
      const deadlineMs = 2_000;
      const { auth, judge } = await startGuardedFake(t, { mode, deadlineMs });
      await auth.fail(async ({ socket }) => {
        if (auth.requests.length > 1) return;
        await setTimeout(0.9 * deadlineMs);
        socket.destroy();
      });
      const startedAt = performance.now();
      assert.equal(await judge(auth.signIn()), "authority_unavailable");
      const elapsedMs = performance.now() - startedAt;
      assert.equal(auth.requests.length, 2);
      // A deadline for each call would be 1.9 of them.
      assert.ok(elapsedMs < deadlineMs + slackMs, `${elapsedMs} ms`);
      t.diagnostic(`deadline ${deadlineMs} ms, answered after ${elapsedMs.toFixed()} ms`);
    });

    test("an authority that breaks off late, each time, opens the breaker", async (t) => {
      const { auth, guard, judge } = await startGuardedFake(t, {
        mode,
        deadlineMs: shortDeadlineMs,
      });
      await auth.fail(async ({ socket }) => {
        await setTimeout(0.7 * shortDeadlineMs);
        socket.destroy();
      });
      for (let i = 0; i < 5; i++) {
        assert.equal(guard.authority(), "ok");
        assert.equal(await judge(auth.signIn()), "authority_unavailable");
      }
      await untilOpen(guard);
    });

    describe("of 1,000 requests during an outage at most 20 look-ups are made", {
      concurrency: true,
    }, () => {
      for (const fault of totalOutages) {
        for (const atOnce of [1, 50]) {
          test(`SEC14 ${fault}, ${atOnce} at a time, beyond those in flight when the breaker opened`, (t) =>
            measureOutage(t, { mode, fault, atOnce }));
        }
      }
    });

    describe("the breaker never allows, and closes again within one probe interval", {
      concurrency: true,
    }, () => {
      for (const fault of totalOutages) {
        test(`SEC14 ${fault}: who signed out meanwhile is refused, who did not is let in`, async (t) => {
          const { auth, guard, judge, openBreaker } = await startGuardedFake(
            t,
            optionsFor(mode, fault),
          );
          const [ada, bob] = [auth.signIn(), auth.signIn()];
          assert.deepEqual([await judge(ada), await judge(bob)], ["ok", "ok"]);
          await auth.fail(fault);
          await openBreaker();
          auth.revoke(bob);
          assert.equal(await judge(ada), "authority_unavailable");
          assert.equal(await judge(bob), "authority_unavailable");

          await auth.recover();
          const recoveredAt = performance.now();
          let verdict = await judge(ada);
          while (verdict === "authority_unavailable") {
            await setTimeout(10);
            verdict = await judge(ada);
          }
          const elapsedMs = performance.now() - recoveredAt;
          assert.equal(verdict, "ok");
          assert.ok(elapsedMs < probeIntervalMs + slackMs, `${elapsedMs} ms`);
          t.diagnostic(`${fault}: recovery seen after ${elapsedMs.toFixed()} ms`);
          assert.equal(guard.authority(), "ok");
          assert.equal(await judge(bob), "session_invalid");
        });
      }
    });

    test("a probe that fails keeps the breaker shut for another interval", async (t) => {
      const { auth, guard, judge, openBreaker } = await startGuardedFake(t, { mode });
      await auth.fail("status-500");
      const ada = auth.signIn();
      assert.equal(await judge(ada), "authority_unavailable");
      await openBreaker();
      let openedAt = performance.now();
      for (const calls of [6, 7]) {
        while (auth.requests.length < calls) {
          await setTimeout(10);
          assert.equal(await judge(ada), "authority_unavailable");
        }
        assert.ok(
          performance.now() - openedAt > 0.9 * probeIntervalMs,
          "not asked before its time",
        );
        openedAt = performance.now();
        assert.equal(guard.authority(), "unavailable");
        for (let i = 0; i < 50; i++) assert.equal(await judge(ada), "authority_unavailable");
        assert.equal(auth.requests.length, calls);
      }
    });

    test("SEC14 while a probe is on its way, everyone else is answered at once", async (t) => {
      const { auth, judge, openBreaker } = await startGuardedFake(t, { mode });
      await auth.fail("status-500");
      await openBreaker();
      const probed = Promise.withResolvers<"probed">();
      await auth.fail((_, response) => {
        probed.resolve("probed");
        setTimeout(2 * slackMs).then(() => response.writeHead(200, json).end(noSession[mode]));
      });
      let probe = judge(auth.signIn());
      while ((await Promise.race([probe, probed.promise])) !== "probed") {
        await setTimeout(10);
        probe = judge(auth.signIn());
      }
      const startedAt = performance.now();
      assert.equal(await judge(auth.signIn()), "authority_unavailable");
      assert.ok(performance.now() - startedAt < slackMs);
      assert.equal(await probe, "session_invalid");
    });
  });
}

async function measureOutage(
  t: TestContext,
  { mode, fault, atOnce }: { mode: Mode; fault: Fault; atOnce: number },
) {
  const { auth, guard, judge } = await startGuardedFake(t, optionsFor(mode, fault));
  const callsFor = watchCalls(t);
  await auth.fail(fault);
  const sessions: FakeSession[] = [];
  const startedAt = performance.now();
  const flying = new Set<FakeSession>();
  let flyingAtOpening: FakeSession[] | undefined;

  async function client() {
    while (sessions.length < 1_000) {
      const session = auth.signIn();
      sessions.push(session);
      flying.add(session);
      assert.equal(await judge(session), "authority_unavailable");
      if (guard.authority() === "unavailable") flyingAtOpening ??= [...flying];
      flying.delete(session);
      // Spread out, so that the outage outlasts several probes.
      await setTimeout(startedAt + 3 * sessions.length - performance.now());
    }
  }
  await Promise.all(Array.from({ length: atOnce }, client));
  const seconds = ((performance.now() - startedAt) / 1_000).toFixed(1);

  const calls = callsFor(...sessions);
  const early = new Set(callsFor(...(flyingAtOpening ?? [])));
  // With the one after it that repeats it, a call counts once.
  const later = new Set(calls.filter((call) => !early.has(call)).map(String));
  t.diagnostic(
    `${mode}, ${fault}, ${atOnce} at a time, ${seconds} s: 1,000 requests made ${calls.length} calls; ${later.size} look-ups were for none that was in flight when the breaker opened`,
  );
  assert.equal(guard.authority(), "unavailable");
  assert.ok(later.size <= 20);
  assert.ok(sessions.every((session) => callsFor(session).length <= 2));
  assert.ok(auth.requests.length <= calls.length);
}

/** Who has no batches is asked without them for a minute: batched-sessions.test.ts has that. */
function isSameFor(mode: Mode, fault: Fault): boolean {
  return mode === "single" || fault !== "status-404";
}
