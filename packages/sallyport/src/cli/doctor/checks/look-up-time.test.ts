import assert from "node:assert/strict";
import { test } from "node:test";
import { percentile } from "./look-up-time.ts";

test("the 95th percentile of a hundred values is the 95th of them", () => {
  const values = Array.from({ length: 100 }, (_, index) => index + 1);
  assert.equal(percentile(values, 50), 50);
  assert.equal(percentile(values, 95), 95);
  assert.equal(percentile([7], 95), 7);
});
