import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { faults } from "./testing.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/outages.md"), "utf8");
const rows = page
  .split("\n")
  .filter((line) => line.startsWith("| `"))
  .map((line) => line.split("|").map((cell) => cell.trim()));

test("the published comparison has every fault, and each of them was 503 with sallyport", () => {
  const published = new Map(rows.map(([, fault, sallyport]) => [fault, sallyport]));
  const all = [...faults, "unresolvable-name", "untrusted-certificate"];
  assert.deepEqual(published, new Map(all.map((fault) => [`\`${fault}\``, "503"])));
});

test("the published comparison shows the backends as they were run", () => {
  for (const peer of ["get-session", "hono-jwk", "better-auth-oauth2"]) {
    const source = readFileSync(join(import.meta.dirname, `../test/peers/${peer}.ts`), "utf8");
    assert.ok(page.includes(source), `npm run outages has to run again: ${peer}`);
  }
});
