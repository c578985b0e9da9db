import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { modes, noSession, startGuardedFake } from "../test/guarded-fake.ts";

const callsForTwo = { single: 2, batched: 1 };
const answerToTwo = { single: noSession.single, batched: '{"results":[null,null]}' };

for (const mode of modes) {
  describe(`${mode} look-ups whose answer nobody waits for any more`, () => {
    test("end at once, by themselves, whatever the reason", async (t) => {
      const { auth, judge } = await startGuardedFake(t, { mode });
      const arrived = Promise.withResolvers<void>();
      const hasLeft = Promise.withResolvers<void>();
      await auth.fail(async (_, response) => {
        if (auth.requests.length === callsForTwo[mode]) arrived.resolve();
        await hasLeft.promise;
        response.writeHead(200).end(answerToTwo[mode]);
      });
      const leaving = new AbortController();
      const leaves = judge(auth.signIn(), leaving.signal);
      const stays = judge(auth.signIn(), new AbortController().signal);
      await arrived.promise;
      leaving.abort("a reason of one's own");
      assert.equal(await leaves, "authority_unavailable");
      hasLeft.resolve();
      assert.equal(await stays, "session_invalid");
    });

    test("are not begun when it is known before", async (t) => {
      const { auth, judge } = await startGuardedFake(t, { mode });
      assert.equal(await judge(auth.signIn(), AbortSignal.abort()), "authority_unavailable");
      assert.equal(await judge(auth.signIn()), "ok");
      assert.equal(auth.requests.length, 1);
    });

    test("are no outage of Better Auth's, though it was slow and they had a deadline of their own", async (t) => {
      const deadlineMs = 500;
      const { auth, guard, judge } = await startGuardedFake(t, { mode, deadlineMs });
      await auth.fail(async (_, response) => {
        await setTimeout(0.8 * deadlineMs);
        response.writeHead(200).end(noSession[mode]);
      });
      for (let i = 0; i < 7; i++) {
        const own = AbortSignal.timeout(0.6 * deadlineMs);
        assert.equal(await judge(auth.signIn(), own), "authority_unavailable");
        assert.equal(guard.authority(), "ok");
      }
    });

    test("SEC14 are no recovery either: the breaker stays open until Better Auth has answered", async (t) => {
      const { auth, guard, judge, openBreaker } = await startGuardedFake(t, {
        mode,
        deadlineMs: 300,
      });
      await auth.fail("status-500");
      await openBreaker();
      await auth.fail("no-answer");
      const calls = auth.requests.length;
      const ada = auth.signIn();
      while (auth.requests.length < calls + 2) {
        await Promise.all([judge(ada, AbortSignal.timeout(50)), setTimeout(60)]);
        assert.equal(guard.authority(), "unavailable");
      }
    });
  });
}
