import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TestContext } from "node:test";
import * as z from "zod";
import { betterAuthSession, createGuard, type FailureCode } from "../src/index.ts";
import {
  type FakeBetterAuth,
  type FakeBetterAuthOptions,
  type FakeSession,
  fakeBetterAuth,
} from "../src/testing.ts";
import { patientMs } from "./auth-server.ts";
import { parsePair } from "./cookie-headers.ts";

/** How look-ups travel: one by one, or together. */
export const modes = ["single", "batched"] as const;
export type Mode = (typeof modes)[number];

/** For a guard with no other settings: with a key its look-ups travel together. */
export function serviceKeyFor(mode: Mode, { serviceKey }: FakeBetterAuth): string | undefined {
  return mode === "batched" ? serviceKey : undefined;
}

interface Options extends FakeBetterAuthOptions {
  mode?: Mode;
  deadlineMs?: number;
}

/** A fake Better Auth, a guard that asks it, and how that guard judges a session. */
export async function startGuardedFake(
  t: TestContext,
  { mode = "single", deadlineMs = patientMs, ...options }: Options = {},
) {
  const auth = await fakeBetterAuth(options);
  const { url, serviceKey } = auth;
  const guard = createGuard({
    schemes: [betterAuthSession({ url, deadlineMs, serviceKey, batch: mode === "batched" })],
  });
  t.after(async () => {
    await guard.close();
    await auth.close();
  });

  async function judge({ cookie }: FakeSession, signal?: AbortSignal): Promise<"ok" | FailureCode> {
    const request = { method: "GET", headers: new Headers({ cookie }) };
    const result = await guard.authenticate(request, { signal });
    return result.ok ? "ok" : result.failure.code;
  }

  return {
    auth,
    guard,
    judge,
    /** Asks, in vain, until the breaker opens. */
    async openBreaker(): Promise<void> {
      const session = auth.signIn();
      while (guard.authority() === "ok") await judge(session);
    },
  };
}

/** What Better Auth says of a session that there is not. */
export const noSession = { single: "null", batched: '{"results":[null]}' } satisfies Record<
  Mode,
  string
>;

const createdRequest = z.object({
  request: z.object({ headers: z.array(z.string()), body: z.instanceof(Buffer).nullish() }),
});
const batch = z.object({ sessions: z.array(z.string()) });

/**
 * Watches the calls that go out, by undici's own word (its diagnostics channels): a call to a port
 * where nobody listens is seen by no server.
 */
export function watchCalls(t: TestContext) {
  const calls: (readonly string[])[] = [];
  function note(message: unknown) {
    const { headers, body } = createdRequest.parse(message).request;
    const cookie = headers[headers.indexOf("cookie") + 1] ?? "";
    const asked = body
      ? batch.parse(JSON.parse(body.toString())).sessions
      : [signedSession({ cookie })];
    calls.push(asked);
  }
  subscribe("undici:request:create", note);
  t.after(() => unsubscribe("undici:request:create", note));
  /** Those that named any of these sessions. */
  return (...sessions: readonly Pick<FakeSession, "cookie">[]) => {
    const values = new Set(sessions.map(signedSession));
    return calls.filter((asked) => asked.some((value) => values.has(value)));
  };
}

/** What the session's cookie holds, decoded. */
export function signedSession({ cookie }: Pick<FakeSession, "cookie">): string {
  return parsePair(cookie).value;
}
