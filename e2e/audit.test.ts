import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { rootFolder } from "../scripts/root-folder.ts";
import { runAudit } from "./audit-run.ts";
import { startTestSystem } from "./running-system.ts";

const secret = "a secret of this test alone, 0123456789";

describe("an audit of the task api, on every documented route", () => {
  for (const mode of ["session", "jwt"]) {
    test(`proves each case, or says that a token outlives its session (${mode})`, async (t) => {
      const system = await startTestSystem({ AUTH_MODE: mode, BETTER_AUTH_SECRET: secret });
      t.after(() => system.stop());
      const { code, verdict, results, uncovered, leftBehind } = await runAudit(
        [
          ...["--api-url", system.apiUrl, "--auth-url", `${system.webUrl}/api/auth`],
          ...["--mode", mode, "--openapi", `${rootFolder}/docs/contracts/openapi.json`],
        ],
        { BETTER_AUTH_SECRET: secret },
      );
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
      // It would take away what the audit goes by; the tests of authorization try it.
      assert.deepEqual(uncovered, ["DELETE /api/{user_id} (not tried)"]);
      assert.deepEqual(leftBehind, []);
    });
  }
});
