import assert from "node:assert/strict";
import { test } from "node:test";
import { quote } from "./finding.ts";

test("what a server said is one short line that does nothing to a terminal", () => {
  assert.equal(
    quote("\u001b[31mINVALID\u001b[0m\r\n\u009b2J\u202eCODE"),
    '"[31mINVALID [0m 2J CODE"',
  );
  assert.equal(quote("x".repeat(5_000)).length, 102);
});
