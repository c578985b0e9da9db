import assert from "node:assert/strict";
import type { Decision, Guard, GuardRequest } from "../src/index.ts";
import type { FakeBetterAuth, FakeSession } from "../src/testing.ts";

export function request(
  session?: FakeSession,
  init: { method?: string; url?: string; headers?: Record<string, string> } = {},
): GuardRequest {
  const { method = "GET", url = "/api/path-of-ada/tasks", headers } = init;
  const cookie = session && { cookie: session.cookie };
  return { method, url, headers: new Headers({ ...cookie, ...headers }) };
}

export async function outcomeOf(guard: Guard, ...args: Parameters<Guard["authenticate"]>) {
  const result = await guard.authenticate(...args);
  return result.ok ? "allowed" : result.failure.code;
}

type SessionOutcome = Exclude<Decision["outcome"], `token_${string}`>;

/** One validation for each outcome of a session, under its name; each says what came of it. */
export function everyOutcome(auth: FakeBetterAuth, ada: FakeSession) {
  return {
    allowed: (guard) => outcomeOf(guard, request(ada)),
    malformed_request: (guard) => outcomeOf(guard, request(ada, { url: "/%" })),
    credentials_missing: (guard) => outcomeOf(guard, request()),
    credentials_malformed(guard) {
      const headers = { cookie: "better-auth.session_token=x" };
      return outcomeOf(guard, request(undefined, { headers }));
    },
    session_invalid(guard) {
      const gone = auth.signIn();
      auth.revoke(gone);
      return outcomeOf(guard, request(gone));
    },
    user_mismatch: (guard) => outcomeOf(guard, request(ada), { owner: "somebody" }),
    cross_origin_refused(guard) {
      const headers = { origin: "https://evil.example" };
      return outcomeOf(guard, request(ada, { method: "POST", headers }));
    },
    async authority_unavailable(guard) {
      await auth.fail("status-500");
      const outcome = await outcomeOf(guard, request(ada));
      await auth.recover();
      return outcome;
    },
    internal_error(guard) {
      // An adapter with a bug, that tells everything in its error.
      const get = () => assert.fail(`cannot read ${ada.cookie}`);
      return outcomeOf(guard, { method: "GET", headers: { get } });
    },
  } satisfies Record<SessionOutcome, (guard: Guard) => Promise<string>>;
}
