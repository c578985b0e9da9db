import { describeError, type Log } from "@sallyport/server";
import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import type { ApiEnv, LoggedFailure } from "./api-env.ts";

/**
 * One line for each request. Of what the client sent it holds the method and the request id, which
 * are checked; the path is the route's template, headers and bodies are never logged.
 */
export function requestLog(log: Log): MiddlewareHandler<ApiEnv> {
  return async (c, next) => {
    const startedAt = performance.now();
    await next();
    const { failure, auth, requestId } = c.var;
    const { status } = c.res;
    log[levelFor(status)](
      {
        request_id: requestId,
        method: c.req.method,
        path: routePath(c, -1),
        status,
        duration_ms: Math.round((performance.now() - startedAt) * 10) / 10,
        user_id: auth?.user.userId ?? failure?.userId,
        ...(failure && { error_code: failure.code, cause: describe(failure) }),
      },
      "request",
    );
  };
}

function levelFor(status: number): "info" | "warn" | "error" {
  if (status === 503) return "warn";
  return status >= 500 ? "error" : "info";
}

/** A bug's place is told too. */
function describe({ code, cause }: LoggedFailure): string | undefined {
  if (cause === undefined) return undefined;
  const stack = code === "internal_error" && cause instanceof Error ? `\n${cause.stack}` : "";
  return describeError(cause) + stack;
}
