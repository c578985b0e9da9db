import { betterAuthSession, createGuard, type Guard } from "../../src/index.ts";
import type { Route } from "../../src/testing.ts";

interface GuardOptions {
  /** Where the backend's guard finds Better Auth. */
  authUrl: string;
  deadlineMs: number;
  /** With it, look-ups travel in batches. */
  serviceKey?: string | undefined;
}

interface BackendOptions extends GuardOptions {
  /** Adds `GET /api/{user_id}/forgotten`, which nobody protected. */
  withForgottenRoute?: boolean;
}

export interface Backend {
  origin: string;
  /** Every route, as the framework itself lists them, with `somebody` for `{user_id}`. */
  routes: readonly Route[];
  close(): Promise<void>;
}

/**
 * One backend, written once in each framework: public `GET /healthz`; behind the guard, which
 * stands before all of `/api/{user_id}/`, `tasks` answers every method with `{ user }`, the caller's
 * id, `redirect` leads to `/healthz`, and `bug` throws.
 */
export type StartBackend = (options: BackendOptions) => Promise<Backend>;

export function createBackendGuard({ authUrl, deadlineMs, serviceKey }: GuardOptions): Guard {
  return createGuard({ schemes: [betterAuthSession({ url: authUrl, deadlineMs, serviceKey })] });
}

/** A log that fails: no answer may depend on it. */
export async function failToLog(): Promise<void> {
  throw new Error("no room for another log line");
}
