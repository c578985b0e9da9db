import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { checks } from "./cli/doctor/checks.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/doctor.md"), "utf8");

test("the doctor's page lists every finding, under the address that reports give", () => {
  const rows = page.split("\n").filter((line) => line.startsWith('| <a id="'));
  const expected = checks.flatMap(({ name, kinds }) =>
    Object.entries(kinds).map(
      ([id, { severity, title }]) =>
        `| <a id="${id}"></a>\`${id}\` | ${severity} | ${title} | ${name} |`,
    ),
  );
  assert.deepEqual(rows, expected);
});
