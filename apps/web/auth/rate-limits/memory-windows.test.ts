import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createMemoryWindows } from "./memory-windows.ts";

describe("windows in memory", () => {
  const windowMs = 10_000;
  const setUp = (keysKept = 1_000) => {
    const clock = { timeMs: 5_000 };
    const windows = createMemoryWindows({ keysKept, now: () => clock.timeMs });
    return { clock, count: (key: string) => windows.use(key, windowMs).count, windows };
  };

  it("begin with the first use and end by their time, to the millisecond", () => {
    const { clock, windows } = setUp();
    assert.deepEqual(windows.use("ada", windowMs), { count: 1, remainingMs: 10_000 });
    clock.timeMs += 9_999;
    assert.deepEqual(windows.use("ada", windowMs), { count: 2, remainingMs: 1 });
    clock.timeMs += 1;
    assert.deepEqual(windows.use("ada", windowMs), { count: 1, remainingMs: 10_000 });
  });

  it("never add up for somebody who keeps coming at a steady pace", () => {
    const { clock, count } = setUp();
    for (let second = 0; second < 1_000; second++) {
      assert.ok(count("ada") <= 10);
      clock.timeMs += 1_000;
    }
  });

  it("are counted key by key", () => {
    const { count } = setUp();
    assert.deepEqual([count("ada"), count("bob"), count("ada")], [1, 1, 2]);
  });

  it("are forgotten, the oldest first, when strangers bring more keys than are kept", () => {
    const { count } = setUp(3);
    for (const key of ["ada", "bob", "carol", "dave", "erin"]) count(key);
    assert.deepEqual([count("carol"), count("dave"), count("erin")], [2, 2, 2]);
    for (const key of ["frank", "grace"]) count(key);
    assert.deepEqual([count("erin"), count("frank"), count("grace")], [3, 2, 2]);
    assert.equal(count("ada"), 1);
  });
});
