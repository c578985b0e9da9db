import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { describe, test } from "node:test";
import * as z from "zod";
import { rootFolder } from "../scripts/root-folder.ts";
import { startTestSystem } from "./running-system.ts";

const secret = "a secret of this test alone, 0123456789";

const report = z.object({
  verdict: z.string(),
  classes: z.array(
    z.object({
      id: z.string(),
      results: z.array(z.object({ name: z.string(), outcome: z.string(), reason: z.string() })),
    }),
  ),
  uncovered: z.array(z.string()),
  leftBehind: z.array(z.string()),
});

async function audit(args: string[]) {
  const main = `${rootFolder}/packages/sallyport/dist/cli/main.js`;
  const child = spawn(process.execPath, [main, "audit", "--json", ...args], {
    env: { PATH: process.env.PATH, BETTER_AUTH_SECRET: secret },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const { classes, ...rest } = report.parse(JSON.parse(await text(child.stdout)));
  const [code]: unknown[] = await exit;
  const results = classes.flatMap(({ id, results }) => results.map((one) => ({ id, ...one })));
  return { code, results, ...rest };
}

describe("an audit of the task api, on every documented route", () => {
  for (const mode of ["session", "jwt"]) {
    test(`proves each case, or says that a token outlives its session (${mode})`, async (t) => {
      const system = await startTestSystem({ AUTH_MODE: mode, BETTER_AUTH_SECRET: secret });
      t.after(() => system.stop());
      const { code, verdict, results, uncovered, leftBehind } = await audit([
        ...["--api-url", system.apiUrl, "--auth-url", `${system.webUrl}/api/auth`],
        ...["--mode", mode, "--openapi", `${rootFolder}/docs/contracts/openapi.json`],
      ]);
      const unproven = results.filter(({ outcome }) => outcome !== "pass");
      const known = mode === "jwt" ? unproven.filter(({ id }) => id === "revocation") : [];
      assert.deepEqual(
        unproven.filter((one) => !known.includes(one)),
        [],
      );
      for (const { outcome, reason } of known) {
        assert.deepEqual(
          [outcome, reason],
          ["unclear", "a token counts until it ends, here for 300 s"],
        );
      }
      assert.deepEqual([code, verdict], [0, "sound"]);
      assert.ok(results.length >= 600, `${results.length} cases`);
      assert.deepEqual(uncovered, []);
      // The task app has no way to delete an account.
      assert.deepEqual(
        leftBehind.map((thing) => /delete-user is off/.test(thing)),
        [true, true],
      );
    });
  }
});
