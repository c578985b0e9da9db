import { randomUUID } from "node:crypto";
import type { Context, MiddlewareHandler } from "hono";
import type { Authenticated, Failure } from "./core/auth-result.ts";
import type { Guard } from "./core/guard.ts";
import { runHook } from "./core/hook.ts";
import { guardedResponse, refusalResponse } from "./core/web-response.ts";

/** `c.var.auth` behind `protect`. */
export interface ProtectVariables {
  auth: Authenticated;
}

export interface ProtectOptions {
  /** The route parameter that names whose data is asked for, e.g. `user_id`. */
  owner?: string;
  /**
   * Called with each refusal before it is answered: the place for a log line. It is not awaited,
   * and whatever becomes of it changes no answer.
   */
  onDenied?: (failure: Failure, context: Context, requestId: string) => unknown;
}

/**
 * Hono middleware: nothing behind it runs unless the guard says who is calling.
 *
 * The request id in a refusal is that of Hono's `request-id` middleware where it is used.
 */
export function protect(
  guard: Guard,
  { owner, onDenied }: ProtectOptions = {},
): MiddlewareHandler<{ Variables: ProtectVariables }> {
  return async (c, next) => {
    const result = await guard.authenticate(c.req.raw, {
      owner: owner === undefined ? undefined : (c.req.param(owner) ?? ""),
    });
    if (!result.ok) {
      const requestId = requestIdOf(c);
      void runHook("onDenied", () => onDenied?.(result.failure, c, requestId));
      return refusalResponse(guard.denial(result.failure, requestId));
    }
    c.set("auth", result);
    await next();
    const guarded = guardedResponse(c.res);
    // Hono copies whatever it is given here, itself included, and a copy costs much.
    if (guarded !== c.res) c.res = guarded;
    return undefined;
  };
}

function requestIdOf(c: Context): string {
  const requestId: unknown = c.get("requestId");
  return typeof requestId === "string" ? requestId : randomUUID();
}
