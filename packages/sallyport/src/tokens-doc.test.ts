import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { comparedVectors } from "../test/token-comparison.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/tokens.md"), "utf8");

test("the published comparison has every vector, and Sallyport let in none that it should not", () => {
  const hostile = comparedVectors.filter(({ expected }) => expected !== "allowed");
  for (const [group, vectors] of Map.groupBy(hostile, (vector) => vector.group)) {
    assert.ok(
      page.includes(`| ${group} | ${vectors.length} | 0 |`),
      `run npm run tokens: ${group}`,
    );
  }
  assert.ok(page.includes(`| **all** | ${hostile.length} | 0 |`));
});

test("Sallyport's column is all refusals where others let something in, and all sound tokens pass", () => {
  const [, differences = ""] = page.split("## What was let in");
  const [, sound = ""] = page.split("refused:\n");
  const columnOf = (table: string) =>
    table
      .split("\n")
      .filter((line) => /^\|.*\| (\*\*in\*\*|401|500|–) \|/.test(line))
      .map((line) => line.split(" | ")[1]);
  assert.deepEqual(new Set(columnOf(differences)), new Set(["401"]));
  assert.deepEqual(new Set(columnOf(sound.split("## What")[0] ?? "")), new Set(["**in**"]));
});

test("the published comparison shows the libraries as they were set up", () => {
  for (const peer of ["jose", "fast-jwt", "hono-jwt", "fastify-jwt", "express-oauth2-jwt-bearer"]) {
    const path = join(import.meta.dirname, `../test/token-peers/${peer}.ts`);
    assert.ok(page.includes(readFileSync(path, "utf8")), `run npm run tokens: ${peer}`);
  }
});
