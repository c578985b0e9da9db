import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { minify } from "terser";

const packageFolder = join(import.meta.dirname, "..");
const mostCoreBytes = 12_000;
/** A screen; comments are not code. */
const mostAdapterLines = 80;

test("the core is under 12 kB minified, without its dependencies", async (t) => {
  const files = reachableFrom(join(packageFolder, "dist/index.js"));
  let total = 0;
  for (const source of files.values()) {
    const { code = "" } = await minify(source, { module: true });
    total += Buffer.byteLength(code);
  }
  t.diagnostic(`the core: ${total} bytes in ${files.size} files`);
  assert.ok([...files.keys()].some((file) => file.endsWith("session-authority.js")));
  assert.ok(total < mostCoreBytes, `${total} bytes`);
});

for (const adapter of ["hono", "fastify", "express", "next", "web"]) {
  test(`the ${adapter} adapter is at most a screen of code`, () => {
    const source = readFileSync(join(packageFolder, `src/${adapter}.ts`), "utf8");
    const code = source.replace(/\/\*\*.*?\*\//gs, "").split("\n");
    const lines = code.filter((line) => !/^\s*(\/\/|$)/.test(line)).length;
    assert.ok(lines < mostAdapterLines, `${lines} lines`);
  });
}

/** A built module and all that it loads of its own package, with their sources. */
function reachableFrom(entry: string, found = new Map<string, string>()): Map<string, string> {
  if (found.has(entry)) return found;
  const source = readFileSync(entry, "utf8");
  found.set(entry, source);
  for (const [, path = ""] of source.matchAll(/(?:from|import|import\()\s*"(\.[^"]+)"/g)) {
    reachableFrom(join(dirname(entry), path), found);
  }
  return found;
}
