import type { MiddlewareHandler } from "hono";
import { routePath } from "hono/route";
import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";
import type { ApiEnv, LoggedFailure } from "./api-env.ts";

export function createLog(level: string, destination?: DestinationStream): Logger {
  const options = { level, base: { app: "api" }, timestamp: stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

/**
 * One line for each request. Of what the client sent it holds the method and the request id, which
 * are checked; the path is the route's template, headers and bodies are never logged.
 */
export function requestLog(log: Logger): MiddlewareHandler<ApiEnv> {
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

/** Names and words of a chain of errors; a bug's place too. Their other members could be anything. */
function describe({ code, cause }: LoggedFailure): string | undefined {
  if (cause === undefined) return undefined;
  const chain: string[] = [];
  for (let error: unknown = cause; error !== undefined && chain.length < 5; ) {
    chain.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    error = error instanceof Error ? error.cause : undefined;
  }
  const stack = code === "internal_error" && cause instanceof Error ? `\n${cause.stack}` : "";
  return chain.join(" < ") + stack;
}
