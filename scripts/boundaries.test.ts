import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, relative } from "node:path";
import { after, test } from "node:test";
import { rootFolder } from "./root-folder.ts";

const boundaries: { file: string; refused: string[]; allowed: string[] }[] = [
  {
    file: "packages/sallyport/src/core/guard.ts",
    refused: [
      "hono",
      "@hono/node-server",
      "next/server",
      "fastify",
      "express",
      "better-auth",
      "better-auth/crypto",
      "../hono.ts",
      "../index.ts",
      "../cli/main.ts",
      "@sallyport/storage",
    ],
    allowed: ["zod", "undici", "./denial.ts", "node:crypto"],
  },
  {
    file: "packages/sallyport/src/hono.ts",
    refused: ["./better-auth.ts", "./index.ts", "better-auth", "fastify", "../../storage/src/x.ts"],
    allowed: ["hono", "hono/factory", "./core/guard.ts"],
  },
  {
    file: "packages/sallyport/src/fastify.ts",
    refused: ["./hono.ts", "./index.ts", "express", "hono", "better-auth", "next/server"],
    allowed: ["fastify", "./core/guard.ts", "node:crypto"],
  },
  {
    file: "packages/sallyport/src/express.ts",
    refused: ["./hono.ts", "./index.ts", "fastify", "hono", "better-auth", "next/server"],
    allowed: ["express", "./core/guard.ts", "node:crypto"],
  },
  {
    file: "packages/sallyport/src/next.ts",
    refused: ["./web.ts", "./index.ts", "express", "fastify", "hono", "better-auth"],
    allowed: ["next", "next/headers", "next/navigation", "./core/guard.ts"],
  },
  {
    file: "packages/sallyport/src/web.ts",
    refused: [
      "./hono.ts",
      "./index.ts",
      "express",
      "fastify",
      "hono",
      "better-auth",
      "next/server",
    ],
    allowed: ["./core/guard.ts", "node:crypto"],
  },
  {
    file: "packages/sallyport/src/testing.ts",
    refused: ["./core/guard.ts", "./index.ts", "express", "fastify", "hono", "better-auth", "next"],
    allowed: ["./testing/fake-better-auth.ts"],
  },
  {
    file: "packages/sallyport/src/testing/fake-better-auth.ts",
    refused: [
      "../core/guard.ts",
      "../index.ts",
      "express",
      "fastify",
      "hono",
      "better-auth",
      "next",
    ],
    allowed: ["./faults.ts", "node:http"],
  },
  {
    file: "packages/sallyport/src/better-auth.ts",
    refused: ["./hono.ts", "./index.ts", "hono", "next"],
    allowed: [
      "better-auth",
      "better-auth/api",
      "./better-auth/token-endpoint.ts",
      "./core/service-key.ts",
    ],
  },
  {
    file: "packages/sallyport/src/better-auth/token-endpoint.ts",
    refused: ["../better-auth.ts", "../index.ts", "express", "fastify", "hono", "next"],
    allowed: ["better-auth/api", "./token-issuer.ts", "../core/token/issue-token.ts"],
  },
  {
    file: "packages/sallyport/src/cli/gateway/gateway.ts",
    refused: ["../../hono.ts", "../../index.ts", "../../testing.ts", "../main.ts", "hono", "next"],
    allowed: [
      "../../core/guard.ts",
      "../command-line.ts",
      "../usage-error.ts",
      "./judge.ts",
      "jose",
      "node:http",
    ],
  },
  {
    file: "packages/sallyport/src/cli/audit/cases/paths.ts",
    refused: ["../../usage-error.ts", "../../../core/guard.ts", "better-auth", "hono"],
    allowed: ["../case.ts", "./weak-secrets.ts", "node:crypto"],
  },
  {
    file: "packages/sallyport/src/index.ts",
    refused: ["./hono.ts", "hono", "better-auth"],
    allowed: ["./core/guard.ts"],
  },
  {
    file: "packages/storage/src/index.ts",
    refused: ["sallyport", "sallyport/hono", "../../sallyport/src/index.ts", "@sallyport/api"],
    allowed: ["kysely", "pg", "./migrate.ts"],
  },
  {
    file: "apps/api/src/routes/tasks.ts",
    refused: [
      "@sallyport/web",
      "../../../web/server.ts",
      "../../../../packages/sallyport/src/index.ts",
      "../../../../packages/storage/src/index.ts",
      "sallyport/src/index.ts",
      "sallyport/dist/core/guard.js",
    ],
    allowed: ["sallyport", "sallyport/hono", "@sallyport/storage", "../task.ts", "hono"],
  },
  {
    file: "apps/web/app/dashboard/page.tsx",
    refused: [
      "@sallyport/api",
      "../../../api/src/app.ts",
      "../../../../packages/sallyport/src/core/guard.ts",
      "sallyport/dist/core/guard.js",
    ],
    allowed: ["sallyport/better-auth", "@sallyport/storage", "next/headers", "../api/x.ts"],
  },
];

const environment = ["use(process.env);", 'import { env } from "node:process";'];
const folder = mkdtempSync(join(tmpdir(), "sallyport-boundaries-"));
after(() => rmSync(folder, { recursive: true }));

for (const name of ["biome.json", ".gitignore"]) {
  copyFileSync(join(rootFolder, name), join(folder, name));
}
for (const { file, refused, allowed } of boundaries) {
  const imports = [...refused, ...allowed].map((module) => `import ${JSON.stringify(module)};`);
  write(file, [...imports, ...environment]);
}
write("apps/api/src/server.ts", environment);
const violations = lint();

for (const { file, refused, allowed } of boundaries) {
  for (const [index, module] of refused.entries()) {
    test(`${file} may not import ${module}`, () => {
      assert.ok(violations.has(`${file}:${index + 1}`));
    });
  }
  for (const [index, module] of allowed.entries()) {
    test(`${file} may import ${module}`, () => {
      assert.ok(!violations.has(`${file}:${refused.length + index + 1}`));
    });
  }
  for (const [index, source] of environment.entries()) {
    test(`${file} may not read the environment: ${source}`, () => {
      assert.ok(violations.has(`${file}:${refused.length + allowed.length + index + 1}`));
    });
  }
}

test("apps/api/src/server.ts may read the environment", () => {
  assert.ok(!violations.has("apps/api/src/server.ts:1"));
});

function write(file: string, lines: string[]): void {
  const path = join(folder, file);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, `${lines.join("\n")}\n`);
}

/** The places, as `file:line`, that the rules of biome.json refuse. */
function lint(): Set<string> {
  const biome = join(rootFolder, "node_modules/@biomejs/biome/bin/biome");
  const { stdout } = spawnSync(
    process.execPath,
    [biome, "lint", "--reporter=github", "--max-diagnostics=none"],
    { cwd: folder, encoding: "utf8" },
  );
  const places = stdout.matchAll(
    /title=lint\/style\/(?:noRestrictedImports|noProcessEnv),file=(?<file>[^,]+),line=(?<line>\d+)/g,
  );
  return new Set(
    [...places].map(({ groups }) => `${relative(folder, groups?.file ?? "")}:${groups?.line}`),
  );
}
