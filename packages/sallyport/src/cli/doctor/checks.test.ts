import assert from "node:assert/strict";
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checks } from "./checks.ts";

test("every check is made, and has tests beside it", () => {
  const files = readdirSync(join(import.meta.dirname, "checks"));
  const tested = files.filter((file) => file.endsWith(".test.ts"));
  const sources = files.filter((file) => !tested.includes(file));
  assert.equal(checks.length, sources.length);
  assert.deepEqual(
    tested,
    sources.map((file) => file.replace(/\.ts$/, ".test.ts")),
  );
});
