import assert from "node:assert/strict";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import { setImmediate } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import * as z from "zod";
import { modes, noSession, startGuardedFake } from "../test/guarded-fake.ts";

/** Calls at the same time, look-ups in each, and look-ups that wait for one. */
const bounds = {
  single: { maxCalls: 64, inCall: 1, maxWaiting: 1_024 },
  batched: { maxCalls: 2, inCall: 100, maxWaiting: 1_024 },
};

setFlagsFromString("--expose-gc");
const collectGarbage: unknown = runInNewContext("gc");

async function heapMegabytes(): Promise<number> {
  assert.ok(typeof collectGarbage === "function");
  // What a finalizer frees is gone after the next round.
  for (let round = 0; round < 3; round++) {
    collectGarbage();
    await setImmediate();
  }
  return process.memoryUsage().heapUsed / 1024 / 1024;
}

/** What is at work in this process, but for the fake's server and the test runner's pipes. */
function activeResources(): string[] {
  const others = ["TCPServerWrap", "PipeWrap", "TTYWrap"];
  return process.getActiveResourcesInfo().filter((name) => !others.includes(name));
}

const batch = z.object({ sessions: z.array(z.string()) });

/** To all that was asked in this batch. */
function noSessions(asked: string): string {
  return JSON.stringify({ results: batch.parse(JSON.parse(asked)).sessions.map(() => null) });
}

for (const mode of modes) {
  const { maxCalls, inCall, maxWaiting } = bounds[mode];

  describe(`${mode} look-ups`, () => {
    test("SEC14 more than may wait are refused at once, and the breaker stays closed", async (t) => {
      const { auth, guard, judge } = await startGuardedFake(t, { mode });
      // All that waits for one session leaves in one call, so each is another's.
      const sessions = Array.from({ length: maxCalls * inCall + maxWaiting }, () => auth.signIn());
      const judgeMany = (count: number) => sessions.slice(-count).map((session) => judge(session));
      const arrived = Promise.withResolvers<void>();
      const healthy = Promise.withResolvers<void>();
      await auth.fail(async (request, response) => {
        const body = mode === "single" ? noSession.single : noSessions(await text(request));
        if (auth.requests.length === maxCalls) arrived.resolve();
        await healthy.promise;
        response.writeHead(200, { "content-type": "application/json" }).end(body);
      });
      const underWay = sessions.slice(0, maxCalls * inCall).map((session) => judge(session));
      await arrived.promise;
      const waiting = judgeMany(maxWaiting);

      const startedAt = performance.now();
      const refused = await Promise.all(judgeMany(1_000));
      const elapsedMs = performance.now() - startedAt;
      assert.deepEqual(new Set(refused), new Set(["authority_unavailable"]));
      t.diagnostic(`1,000 look-ups beyond the bound were refused in ${elapsedMs.toFixed()} ms`);
      assert.ok(elapsedMs < 1_000, `${elapsedMs} ms`);
      assert.equal(auth.requests.length, maxCalls);
      assert.equal(auth.openConnections, maxCalls);
      assert.equal(guard.authority(), "ok");

      healthy.resolve();
      const accepted = await Promise.all([...underWay, ...waiting]);
      assert.deepEqual(new Set(accepted), new Set(["session_invalid"]));
      assert.equal(auth.requests.length, maxCalls + Math.ceil(maxWaiting / inCall));
      assert.equal(guard.authority(), "ok");
    });

    test("20,000 requests while the authority does not answer leave memory as it was", async (t) => {
      const { auth, judge } = await startGuardedFake(t, { mode, deadlineMs: 3_000 });
      const ada = auth.signIn();
      async function flood(requests: number) {
        const verdicts: ReturnType<typeof judge>[] = [];
        while (verdicts.length < requests) {
          for (let i = 0; i < 64; i++) verdicts.push(judge(ada));
          await setImmediate();
        }
        return new Set(await Promise.all(verdicts));
      }
      // What is loaded, compiled and connected once does not count.
      assert.deepEqual(await flood(1_000), new Set(["ok"]));
      const before = await heapMegabytes();
      let mostConnections = 0;
      await auth.fail(() => {
        mostConnections = Math.max(mostConnections, auth.openConnections);
      });
      assert.deepEqual(await flood(20_000), new Set(["authority_unavailable"]));
      const grownBy = (await heapMegabytes()) - before;
      t.diagnostic(`heap ${before.toFixed(1)} MB before, ${grownBy.toFixed(1)} MB more after`);
      t.diagnostic(`${mostConnections} connections at most`);
      assert.ok(grownBy < 4, `${grownBy} MB`);
      assert.equal(mostConnections, maxCalls);
    });

    for (const fault of ["no-answer", "slow-drip", "reset-before-headers", "status-503"] as const) {
      test(`a guard that is closed in the midst of ${fault} leaves no socket and no timer behind`, async (t) => {
        const { auth, guard, judge } = await startGuardedFake(t, { mode });
        await auth.fail(fault);
        const verdicts = Array.from({ length: 300 }, () => judge(auth.signIn()));
        while (auth.requests.length < maxCalls) await setImmediate();
        assert.notDeepEqual(activeResources(), []);
        const closedAt = performance.now();
        await guard.close();
        assert.deepEqual(new Set(await Promise.all(verdicts)), new Set(["authority_unavailable"]));
        assert.equal(await judge(auth.signIn()), "authority_unavailable");
        while (auth.openConnections > 0 || activeResources().length > 0) await setImmediate();
        // Not because of a deadline or of a kept-alive connection's age: those take seconds.
        const elapsedMs = performance.now() - closedAt;
        assert.ok(elapsedMs < 1_000, `${elapsedMs} ms`);
      });
    }
  });
}
