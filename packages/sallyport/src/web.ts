import { randomUUID } from "node:crypto";
import type { Authenticated, Failure } from "./core/auth-result.ts";
import type { Guard } from "./core/guard.ts";
import { runHook } from "./core/hook.ts";
import { guardedResponse, refusalResponse } from "./core/web-response.ts";

export interface ProtectOptions {
  /**
   * Picks the segment that names whose data is asked for out of the request's path, each segment
   * percent-decoded once: `([, userId]) => userId` for `/api/{user_id}/tasks`.
   */
  owner?: (segments: readonly string[]) => string | undefined;
  /**
   * Called with each refusal before it is answered: the place for a log line. It is not awaited,
   * and whatever becomes of it changes no answer.
   */
  onDenied?: (failure: Failure, request: Request, requestId: string) => unknown;
}

export type ProtectedHandler = (
  request: Request,
  auth: Authenticated,
) => Response | Promise<Response>;

/**
 * Web-standard form, for whatever serves `(request: Request) => Promise<Response>`: the handler
 * does not run unless the guard says who is calling.
 */
export function protect(
  guard: Guard,
  handler: ProtectedHandler,
  { owner, onDenied }: ProtectOptions = {},
): (request: Request) => Promise<Response> {
  return async (request) => {
    const result = await guard.authenticate(request, {
      owner: owner === undefined ? undefined : (owner(segmentsOf(request.url)) ?? ""),
    });
    if (result.ok) return guardedResponse(await handler(request, result));
    const requestId = randomUUID();
    void runHook("onDenied", () => onDenied?.(result.failure, request, requestId));
    return refusalResponse(guard.denial(result.failure, requestId));
  };
}

/** Empty for a path that does not decode: the guard refuses such a request by itself. */
function segmentsOf(url: string): string[] {
  try {
    return new URL(url).pathname.slice(1).split("/").map(decodeURIComponent);
  } catch {
    return [];
  }
}
