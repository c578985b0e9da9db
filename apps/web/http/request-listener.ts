import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { describeError, type Log } from "@sallyport/server";
import { isUnavailable, isValueRefused } from "@sallyport/storage";
import { toNodeHandler } from "better-auth/node";
import { handleSessionLookUps } from "sallyport/better-auth";
import type { Auth } from "../auth/auth.ts";
import { endWithProblem } from "./problem.ts";
import { hasReadableAddress, trustOnlySocket } from "./trusted-headers.ts";

const MAX_BODY_BYTES = 64 * 1024;

const securityHeaders = {
  "X-Content-Type-Options": "nosniff",
  "Referrer-Policy": "same-origin",
  "X-Frame-Options": "DENY",
  "Content-Security-Policy":
    "frame-ancestors 'none'; base-uri 'self'; form-action 'self'; object-src 'none'",
};

export interface Handlers {
  auth: Auth;
  /** Next's handler. */
  pages: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  isReady: () => Promise<boolean>;
  log: Log;
}

/** The one way in. Whatever a request does to a handler ends as an answer to that request. */
export function createRequestListener({ auth, pages, isReady, log }: Handlers): RequestListener {
  const handleAuth = toNodeHandler(auth);
  const handleLookUps = handleSessionLookUps(auth);

  async function handle(request: IncomingMessage, response: ServerResponse, requestId: string) {
    if (!hasReadableAddress(request)) {
      endWithProblem(response, "malformed_request", requestId, { Connection: "close" });
      return;
    }
    trustOnlySocket(request);
    for (const [name, value] of Object.entries(securityHeaders)) response.setHeader(name, value);

    if (request.method === "TRACE") {
      endWithProblem(response, "method_not_allowed", requestId, { Allow: "GET, HEAD, POST" });
      return;
    }
    const [path = ""] = request.url?.split("?") ?? [];
    if (path === "/healthz" || path === "/readyz") {
      if (request.method !== "GET" && request.method !== "HEAD") {
        endWithProblem(response, "method_not_allowed", requestId, { Allow: "GET, HEAD" });
        return;
      }
      if (path === "/healthz") endWithStatus(response, 200, "ok");
      else if (await isReady()) endWithStatus(response, 200, "ready");
      else endWithStatus(response, 503, "unready");
    } else if (await handleLookUps(request, response)) {
      return;
    } else if (path.startsWith("/api/auth/")) {
      response.setHeader("Cache-Control", "no-store");
      limitBody(request, () =>
        endWithProblem(response, "payload_too_large", requestId, { Connection: "close" }),
      );
      await handleAuth(request, response);
    } else {
      await pages(request, response);
    }
  }

  return (request, response) => {
    const requestId = randomUUID();
    handle(request, response, requestId).catch((cause: unknown) => {
      // An answer that has ended, or a client that has left, leaves nothing to say.
      if (response.writableEnded || response.destroyed) return;
      const code = problemFor(cause);
      log[levels[code]](
        { request_id: requestId, method: request.method, cause: describeError(cause) },
        "request failed",
      );
      endWithProblem(
        response,
        code,
        requestId,
        code === "storage_unavailable" ? { "Retry-After": "1" } : {},
      );
    });
  };
}

const levels = {
  malformed_request: "info",
  storage_unavailable: "warn",
  internal_error: "error",
} as const;

/** Better Auth hands values to storage that storage cannot hold, such as a NUL in a text. */
function problemFor(cause: unknown): keyof typeof levels {
  if (isUnavailable(cause)) return "storage_unavailable";
  return isValueRefused(cause) ? "malformed_request" : "internal_error";
}

function endWithStatus(response: ServerResponse, code: number, status: string): void {
  response.writeHead(code, { "Content-Type": "application/json", "Cache-Control": "no-store" });
  response.end(JSON.stringify({ status }));
}

/** Better Auth reads a body of any size: this counts beside it, whether its length is said or not. */
function limitBody(request: IncomingMessage, refuse: () => void): void {
  let bytes = 0;
  request.on("data", (chunk: Buffer) => {
    bytes += chunk.length;
    if (bytes > MAX_BODY_BYTES && !request.destroyed) {
      refuse();
      request.destroy();
    }
  });
}
