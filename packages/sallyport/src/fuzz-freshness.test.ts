import assert from "node:assert/strict";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import {
  CallFailed,
  deadlineMs,
  type Ending,
  interleave,
  interleavings,
} from "../test/interleaving.ts";
import { coalescingBatcher, rememberingBatcher } from "../test/stale-batchers.ts";
import { createBatcher } from "./core/batcher.ts";

/**
 * An answer is linearizable if it was true at some moment between the request's arrival and its
 * answer. Nothing is read from the future, so what is to be shown is that it is not from before
 * the arrival: no revocation that was acknowledged by then is missed.
 */
function isStale(ending: Ending): boolean {
  return "answer" in ending && ending.answer.version < ending.versionAtArrival;
}

/** The kind of ending; throws if the request had no reason to end like that. */
function reasonOf(ending: Ending): string {
  const waitedMs = ending.endedAtMs - ending.arrivedAtMs;
  assert.ok(waitedMs <= deadlineMs, "nobody waits beyond the deadline");
  if ("answer" in ending) {
    assert.equal(ending.answer.key, ending.key);
    return ending.answer.version > ending.versionAtArrival ? "answered with news" : "answered";
  }
  const { cause, leaving } = ending;
  assert.ok(cause instanceof Error);
  if (cause === leaving.signal.reason) return "given up";
  if (cause instanceof CallFailed && cause.message.includes(ending.key)) return "failed";
  if (/wait already/.test(cause.message) && waitedMs === 0) return "refused";
  if (/no answer within/.test(cause.message) && waitedMs === deadlineMs) return "too late";
  throw cause;
}

describe(`batches under arbitrary interleavings (seed ${fuzzSeed})`, () => {
  test("SEC12 every answer was true between its request's arrival and the answer", async (t) => {
    const endings = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(interleavings, async (steps) => {
        for (const ending of await interleave(createBatcher, steps)) {
          assert.ok(!isStale(ending), "an answer from before the request");
          const reason = reasonOf(ending);
          endings.set(reason, (endings.get(reason) ?? 0) + 1);
        }
      }),
      fuzzed(0.5),
    );
    t.diagnostic([...endings].map(([reason, count]) => `${count} ${reason}`).join(", "));
    assert.deepEqual([...endings.keys()].sort(), [
      "answered",
      "answered with news",
      "failed",
      "given up",
      "refused",
      "too late",
    ]);
  });

  const staleBatchers = {
    "joins a call that is under way": coalescingBatcher,
    "keeps answers for three turns": rememberingBatcher,
  };
  for (const [fault, createStale] of Object.entries(staleBatchers)) {
    test(`SEC12 a batcher that ${fault} is found out`, async (t) => {
      const { failed, numRuns, counterexample } = await fc.check(
        fc.asyncProperty(interleavings, async (steps) => {
          assert.ok(!(await interleave(createStale, steps)).some(isStale));
        }),
        fuzzed(0.5),
      );
      assert.ok(failed, "no stale answer in any interleaving");
      t.diagnostic(`found in run ${numRuns}: ${fc.stringify(counterexample)}`);
    });
  }
});
