import { randomUUID } from "node:crypto";
import type { Request, RequestHandler } from "express";
import type { Authenticated, Failure } from "./core/auth-result.ts";
import type { Guard } from "./core/guard.ts";
import { runHook } from "./core/hook.ts";
import { nodeHeaders } from "./core/node-headers.ts";
import { markGuarded } from "./core/node-response.ts";

declare global {
  namespace Express {
    interface Request {
      /** Who is calling; set behind `protect`, and nowhere else. */
      auth: Authenticated;
    }
  }
}

export interface ProtectOptions {
  /**
   * The path parameter that names whose data is asked for, e.g. `user_id`. It must be visible where
   * the guard stands: in the path it is mounted at, or in a router made with `mergeParams`.
   */
  owner?: string;
  /**
   * Called with each refusal before it is answered: the place for a log line. It is not awaited,
   * and whatever becomes of it changes no answer.
   */
  onDenied?: (failure: Failure, request: Request, requestId: string) => unknown;
}

/**
 * Express middleware: nothing behind it runs unless the guard says who is calling. Mount it with
 * `app.use` at the common prefix, so that it stands before every method and every 404 below it.
 *
 * The request id in a refusal is `req.id` where a middleware such as pino-http set a string.
 */
export function protect(guard: Guard, { owner, onDenied }: ProtectOptions = {}): RequestHandler {
  return async (req, res, next) => {
    const result = await guard.authenticate(
      { method: req.method, url: req.originalUrl, headers: nodeHeaders(req) },
      { owner: owner === undefined ? undefined : paramOf(req.params, owner) },
    );
    if (result.ok) {
      req.auth = result;
      markGuarded(res);
      return next();
    }
    const requestId = "id" in req && typeof req.id === "string" ? req.id : randomUUID();
    void runHook("onDenied", () => onDenied?.(result.failure, req, requestId));
    // A time-out of the application's may have answered meanwhile.
    if (res.headersSent) return;
    const { status, headers, body } = guard.denial(result.failure, requestId);
    res.writeHead(status, headers).end(JSON.stringify(body));
  };
}

/** Empty for none, and for a wildcard's list: no user id is. */
function paramOf(params: Request["params"], name: string): string {
  const value = params[name];
  return typeof value === "string" ? value : "";
}
