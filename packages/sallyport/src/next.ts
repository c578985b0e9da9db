import { randomUUID } from "node:crypto";
import { headers } from "next/headers.js";
import type { NextRequest } from "next/server.js";
import { cache } from "react";
import { redirect } from "#next/navigation";
import type { Authenticated, AuthResult, Failure, FailureCode } from "./core/auth-result.ts";
import type { Guard } from "./core/guard.ts";
import { runHook } from "./core/hook.ts";
import { guardedResponse, refusalResponse } from "./core/web-response.ts";

type RouteParams = Record<string, string | string[] | undefined>;

/** The names of segments that may be one text: a catch-all is a list. */
type SingleSegment<Params> = {
  [Name in keyof Params]: Extract<Params[Name], string> extends never ? never : Name;
}[keyof Params] &
  string;

export interface ProtectOptions<Params> {
  /** The dynamic segment that names whose data is asked for, e.g. `user_id`; never a catch-all. */
  owner?: SingleSegment<Params>;
  /**
   * Called with each refusal before it is answered: the place for a log line. It is not awaited,
   * and whatever becomes of it changes no answer.
   */
  onDenied?: (failure: Failure, request: NextRequest, requestId: string) => unknown;
}

export type ProtectedHandler<Params> = (
  request: NextRequest,
  context: { params: Promise<Params>; auth: Authenticated },
) => Response | Promise<Response>;

/**
 * A route handler that does not run unless the guard says who is calling:
 * `export const GET = protect(guard, (request, { params, auth }) => …, { owner: "user_id" })`.
 *
 * What the handler throws, `redirect()` and `notFound()` included, is answered by Next itself, with
 * no body. It runs on Node alone, Next's default for route handlers, not on the edge runtime.
 */
export function protect<Params extends RouteParams = Record<string, string>>(
  guard: Guard,
  handler: ProtectedHandler<Params>,
  { owner, onDenied }: ProtectOptions<NoInfer<Params>> = {},
): (request: NextRequest, context: { params: Promise<Params> }) => Promise<Response> {
  return async (request, { params }) => {
    // Read outside of the guard: in a build, `request.headers` throws Next's sign that the route is
    // dynamic, and the guard would take it for a bug.
    const { method, headers: requestHeaders, url } = request;
    const result = await guard.authenticate(
      { method, headers: requestHeaders, url },
      { owner: owner === undefined ? undefined : ownerIn(await params, owner) },
    );
    if (result.ok) return guardedResponse(await handler(request, { params, auth: result }));
    const requestId = randomUUID();
    void runHook("onDenied", () => onDenied?.(result.failure, request, requestId));
    return refusalResponse(guard.denial(result.failure, requestId));
  };
}

/** As Next gives it: percent-decoded once. Nobody's id for a catch-all segment. */
function ownerIn(params: RouteParams, name: string): string {
  const segment = params[name];
  return typeof segment === "string" ? segment : "";
}

/**
 * Who is looking at this page, for pages that show something to both. All components of one
 * rendering share one look-up, and no two renderings do.
 *
 * Redirects cannot go in circles as long as this is the one judge of all pages: the sign-in page
 * leads away only if the result is `ok`, never because there is a cookie, and
 * `authority_unavailable` leads nowhere.
 */
export const readSession: (guard: Guard) => Promise<AuthResult> = cache(async (guard) => {
  const requestHeaders = await headers();
  if (requestHeaders.keys().next().done) {
    throw new Error("Cannot read the session: a page with a session cannot be `force-static`");
  }
  return guard.authenticate({ method: "GET", headers: requestHeaders });
});

/**
 * For pages and server actions that need a session: without one, redirects to `signInPath`, where
 * only `readSession` may be used. In an outage it redirects nowhere.
 *
 * Call it in each page: a layout is not rendered again on navigation, so it protects nothing.
 *
 * @throws {SessionUnavailableError} when nobody can say who is calling; the nearest `error.tsx` shows it
 */
export async function requireSession(
  guard: Guard,
  { signInPath }: { signInPath: `/${string}` },
): Promise<Authenticated> {
  const result = await readSession(guard);
  if (result.ok) return result;
  if (guard.denial(result.failure, "").status === 401) redirect(signInPath);
  throw new SessionUnavailableError(result.failure);
}

/** The session cannot be read right now, which is no sign-out. Next answers 500. */
export class SessionUnavailableError extends Error {
  override readonly name = "SessionUnavailableError";
  /**
   * `authority_unavailable`, or `internal_error` for a bug. Next hands it on to `error.tsx`, in
   * production too: `error.digest === "authority_unavailable"` is worth a "Try again".
   */
  readonly digest: FailureCode;

  constructor({ code, cause }: Failure) {
    super(`The session cannot be read: ${code}`, { cause });
    this.digest = code;
  }
}
