import { subscribe, unsubscribe } from "node:diagnostics_channel";
import type { TestContext } from "node:test";
import * as z from "zod";
import { betterAuthSession, createGuard, type FailureCode } from "../src/index.ts";
import { type FakeSession, fakeBetterAuth } from "../src/testing.ts";
import { patientMs } from "./auth-server.ts";

/** A fake Better Auth, a guard that asks it, and how that guard judges a session. */
export async function startGuardedFake(t: TestContext, { deadlineMs = patientMs } = {}) {
  const auth = await fakeBetterAuth();
  const guard = createGuard({ schemes: [betterAuthSession({ url: auth.url, deadlineMs })] });
  t.after(async () => {
    await guard.close();
    await auth.close();
  });

  async function judge({ cookie }: FakeSession): Promise<"ok" | FailureCode> {
    const result = await guard.authenticate({ method: "GET", headers: new Headers({ cookie }) });
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

const createdRequest = z.object({ request: z.object({ headers: z.array(z.string()) }) });

/**
 * Counts the calls that go out for each session, by undici's own word (its diagnostics channels):
 * a call to a port where nobody listens is seen by no server.
 */
export function countCalls(t: TestContext): (session: FakeSession) => number {
  const calls = new Map<string, number>();
  function count(message: unknown) {
    const { headers } = createdRequest.parse(message).request;
    const cookie = headers[headers.indexOf("cookie") + 1] ?? "";
    calls.set(cookie, (calls.get(cookie) ?? 0) + 1);
  }
  subscribe("undici:request:create", count);
  t.after(() => unsubscribe("undici:request:create", count));
  return ({ cookie }) => calls.get(cookie) ?? 0;
}
