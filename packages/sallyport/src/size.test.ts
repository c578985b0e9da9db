import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { rolldown } from "rolldown";

const packageFolder = join(import.meta.dirname, "..");
const mostCoreBytes = 16_000;
/** A screen; comments are not code. */
const mostAdapterLines = 80;

test("the core is under 16 kB minified, without its dependencies", async (t) => {
  const bundle = await rolldown({
    input: join(packageFolder, "dist/index.js"),
    external: /^[^./]/,
    platform: "node",
  });
  const { output } = await bundle.generate({ minify: true });
  await bundle.close();
  const [{ code }] = output;
  const bytes = Buffer.byteLength(code);
  t.diagnostic(`the core: ${bytes} bytes`);
  assert.ok(code.includes("get-session"), "it is all there");
  assert.ok(bytes < mostCoreBytes, `${bytes} bytes`);
});

for (const adapter of ["hono", "fastify", "express", "next", "web"]) {
  test(`the ${adapter} adapter is at most a screen of code`, () => {
    const source = readFileSync(join(packageFolder, `src/${adapter}.ts`), "utf8");
    const code = source.replace(/\/\*\*.*?\*\//gs, "").split("\n");
    const lines = code.filter((line) => !/^\s*(\/\/|$)/.test(line)).length;
    assert.ok(lines < mostAdapterLines, `${lines} lines`);
  });
}
