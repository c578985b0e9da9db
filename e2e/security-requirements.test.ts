import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { test } from "node:test";

const root = new URL("..", import.meta.url).pathname;
const mapFile = "docs/security-requirements.md";

/** `SEC12` → the files that the map names for it. */
function readMap(): Map<string, string[]> {
  const rows = readFileSync(`${root}${mapFile}`, "utf8").matchAll(/^\| (SEC\d+) \|.*\|(.*)\|$/gm);
  return new Map(
    [...rows].map(([, requirement = "", files = ""]) => [
      requirement,
      [...files.matchAll(/`([^`]+)`/g)].map(([, file = ""]) => file),
    ]),
  );
}

/** `SEC12` → the test files that have it in a title. */
function readTests(): Map<string, Set<string>> {
  const proofs = new Map<string, Set<string>>();
  const files = globSync("{packages,apps,e2e,scripts}/**/{*.test,adapter-contract,outage-lab}.ts", {
    cwd: root,
    exclude: ["**/node_modules/**"],
  });
  for (const file of files.filter((name) => !name.startsWith("e2e/security-requirements"))) {
    for (const [requirement] of readFileSync(`${root}${file}`, "utf8").matchAll(/\bSEC\d+\b/g)) {
      proofs.set(requirement, (proofs.get(requirement) ?? new Set()).add(file));
    }
  }
  return proofs;
}

test("every requirement from SEC1 to SEC30 is mapped to tests that name it", () => {
  const map = readMap();
  const tests = readTests();
  for (let number = 1; number <= 30; number++) {
    const requirement = `SEC${number}`;
    const files = map.get(requirement) ?? [];
    assert.ok(files.length > 0, `${mapFile} has no test for ${requirement}`);
    for (const file of files) {
      assert.ok(tests.get(requirement)?.has(file), `${file} has no test named ${requirement}`);
    }
  }
});

test("every test that names a requirement is on the map", () => {
  const map = readMap();
  for (const [requirement, files] of readTests()) {
    for (const file of files) {
      assert.ok(
        map.get(requirement)?.includes(file),
        `${mapFile} does not list ${file} for ${requirement}`,
      );
    }
  }
});
