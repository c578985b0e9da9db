import assert from "node:assert/strict";
import { test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { startGuardedFake } from "../../test/guarded-fake.ts";

const hourMs = 3_600_000;
/** A probe goes out each second. */
const patienceMs = 3_000;

for (const [direction, stepMs] of [
  ["back", -hourMs],
  ["forward", hourMs],
] as const) {
  test(`SEC14 recovery is seen within seconds although the clock was put ${direction} an hour meanwhile`, async (t) => {
    const { auth, judge, openBreaker } = await startGuardedFake(t);
    await auth.fail("connection-refused");
    await openBreaker();
    t.mock.timers.enable({ apis: ["Date"], now: Date.now() + stepMs });
    const ada = auth.signIn();
    await auth.recover();
    const recoveredAt = performance.now();
    while ((await judge(ada)) !== "ok") {
      assert.ok(performance.now() - recoveredAt < patienceMs);
      await setTimeout(20);
    }
  });
}
