import { randomUUID } from "node:crypto";
import type { Server } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { type ConnectionLimits, createBoundedServer, type Log } from "@sallyport/server";
import { type ApiFailureCode, apiProblem } from "./problem.ts";

/** Serves the app over HTTP, and answers in its manner what never becomes a request to it. */
export function createHttpServer(
  fetch: (request: Request) => Response | Promise<Response>,
  log: Log,
  limits?: ConnectionLimits,
): Server {
  const listener = getRequestListener(fetch, {
    // Clients of HTTP/1.0 need not send a Host, and nothing here depends on one.
    hostname: "localhost",
    errorHandler: (cause) => {
      // What the host cannot make a Request of is the client's fault, all else is ours.
      const isRequest = cause instanceof Error && cause.name === "RequestError";
      const code = isRequest ? "malformed_request" : "internal_error";
      const { status, headers, body } = unreadable(code, cause);
      return new Response(body, { status, headers });
    },
  });

  function unreadable(code: ApiFailureCode, cause: unknown) {
    const requestId = randomUUID();
    const { status, headers, body } = apiProblem(code, requestId);
    const reason = cause instanceof Error && "code" in cause ? cause.code : String(cause);
    log[status >= 500 ? "error" : "info"](
      { request_id: requestId, status, error_code: code, cause: reason },
      "request",
    );
    return {
      status,
      headers: { ...headers, "X-Request-Id": requestId },
      body: JSON.stringify(body),
    };
  }

  return createBoundedServer(listener, {
    limits,
    refuse: unreadable,
    server: { requireHostHeader: false },
  });
}
