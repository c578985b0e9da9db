import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { recipes } from "../test/audited-recipes.ts";
import { auditClasses } from "./cli/audit/classes.ts";

const page = readFileSync(join(import.meta.dirname, "../../../docs/audit.md"), "utf8");
const [guide = "", findings = ""] = page.split("<!-- npm run audits -->");

test("the guide and the findings have every class", () => {
  for (const { id, owasp, asvs } of auditClasses) {
    const [item = ""] = owasp.split(":");
    const row = guide.split("\n").find((line) => line.startsWith(`| ${id} |`));
    assert.ok(row?.includes(`| ${item} |`) && row.includes(asvs), id);
    assert.match(findings, new RegExp(`^\\| ${id} \\|`, "m"));
  }
});

test("the findings are of the recipes as they are, and Sallyport's have no break", () => {
  const [header = "", , , ...rows] = findings.trim().split("\n");
  for (const { name, file } of recipes) assert.ok(header.includes(`[${name}](`) && file !== "");
  const ours = header
    .split(" | ")
    .flatMap((name, index) => (/\[sallyport/.test(name) ? index : []));
  assert.equal(ours.length, 2);
  for (const row of rows.filter((line) => line.startsWith("|"))) {
    for (const index of ours) assert.doesNotMatch(row.split(" | ")[index] ?? "", /broken/);
  }
});
