import assert from "node:assert/strict";
import { inspect } from "node:util";
import { type AuthResult, betterAuthSession, createGuard, type Decision } from "../src/index.ts";
import type { FakeBetterAuth, FakeSession } from "../src/testing.ts";
import { patientMs } from "./auth-server.ts";
import { parsePair } from "./cookie-headers.ts";

export const trustedOrigin = "https://app.example.com";

/** A guard, and a look at all that it gives out, for what must never be in it. */
export function watchedGuard(
  { url, serviceKey }: FakeBetterAuth,
  sessions: readonly FakeSession[],
  { batch = true } = {},
) {
  const signatures = sessions.map(({ cookie }) => parsePair(cookie).value.split(".")[1] ?? "");
  const secrets = [
    serviceKey,
    ...sessions.map(tokenOf),
    ...signatures,
    ...signatures.map(encodeURIComponent),
  ];
  const decisions: Decision[] = [];
  const guard = createGuard({
    schemes: [
      betterAuthSession({
        url,
        serviceKey,
        batch,
        trustedOrigins: [trustedOrigin],
        deadlineMs: patientMs,
      }),
    ],
    onDecision: (decision) => void decisions.push(decision),
  });
  return {
    authenticate: guard.authenticate,
    close: guard.close,
    /** Neither the result nor the denial nor a decision shows a secret or speaks of a bug. */
    assertDiscreet(result: AuthResult): void {
      const denial = result.ok ? undefined : guard.denial(result.failure, "id");
      const shown = inspect([result, denial, decisions.splice(0)], { depth: 10 });
      for (const secret of secrets) assert.ok(!shown.includes(secret), `a secret is in ${shown}`);
      assert.ok(result.ok || result.failure.code !== "internal_error", shown);
    },
  };
}
export type WatchedGuard = ReturnType<typeof watchedGuard>;

export function tokenOf({ cookie }: FakeSession): string {
  return parsePair(cookie).value.split(".")[0] ?? "";
}
