import { randomBytes, randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
import { describeError, type Log } from "@sallyport/server";
import { isUnavailable, isValueRefused } from "@sallyport/storage";
import { toNodeHandler } from "better-auth/node";
import { handleSessionLookUps } from "sallyport/better-auth";
import type { Auth } from "../auth/auth.ts";
import type { WebConfig } from "../config.ts";
import { endWithProblem, type ProblemCode } from "./problem.ts";
import { pagePolicy, securityHeaders } from "./security-headers.ts";
import { hasReadableAddress, trustOnly } from "./trusted-headers.ts";

const MAX_BODY_BYTES = 64 * 1024;

export interface Handlers {
  config: WebConfig;
  auth: Auth;
  /** Next's handler. */
  pages: (request: IncomingMessage, response: ServerResponse) => Promise<void>;
  isReady: () => Promise<boolean>;
  log: Log;
}

/** The one way in. Whatever a request does to a handler ends as an answer to that request. */
export function createRequestListener(handlers: Handlers): RequestListener {
  const { config, auth, pages, isReady, log } = handlers;
  const handleAuth = toNodeHandler(async (request) => sayWhenToRetry(await auth.handler(request)));
  const handleLookUps = handleSessionLookUps(auth);
  const dropForgedHeaders = trustOnly(config.trustedProxies);
  const fixedHeaders = securityHeaders(config);

  async function handle(request: IncomingMessage, response: ServerResponse, refuse: Refuse) {
    if (!hasReadableAddress(request)) {
      refuse("malformed_request", { Connection: "close" });
      return;
    }
    dropForgedHeaders(request);
    for (const [name, value] of Object.entries(fixedHeaders)) response.setHeader(name, value);

    if (request.method === "TRACE") {
      refuse("method_not_allowed", { Allow: "GET, HEAD, POST" });
      return;
    }
    const [path = ""] = request.url?.split("?") ?? [];
    if (path === "/healthz" || path === "/readyz") {
      if (request.method !== "GET" && request.method !== "HEAD") {
        refuse("method_not_allowed", { Allow: "GET, HEAD" });
        return;
      }
      if (path === "/healthz") endWithStatus(response, 200, "ok");
      else if (await isReady()) endWithStatus(response, 200, "ready");
      else endWithStatus(response, 503, "unready");
    } else if (await handleLookUps(request, response)) {
      return;
    } else if (path.startsWith("/api/auth/")) {
      response.setHeader("Cache-Control", "no-store");
      limitBody(request, () => refuse("payload_too_large", { Connection: "close" }));
      await handleAuth(request, response);
    } else {
      const policy = pagePolicy(randomBytes(16).toString("base64"), config);
      // Where Next looks for the nonce of its own scripts; a client's own header is overwritten.
      request.headers["content-security-policy"] = policy;
      response.setHeader("Content-Security-Policy", policy);
      await pages(request, response);
    }
  }

  return (request, response) => {
    const requestId = randomUUID();
    const refuse: Refuse = (code, headers) =>
      endWithProblem(response, code, requestId, { ...fixedHeaders, ...headers });
    handle(request, response, refuse).catch((cause: unknown) => {
      // An answer that has ended, or a client that has left, leaves nothing to say.
      if (response.writableEnded || response.destroyed) return;
      const code = problemFor(cause);
      log[levels[code]](
        { request_id: requestId, method: request.method, cause: describeError(cause) },
        "request failed",
      );
      refuse(code, code === "storage_unavailable" ? { "Retry-After": "1" } : {});
    });
  };
}

type Refuse = (code: ProblemCode, headers: Record<string, string>) => void;

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

/** Better Auth's limiter says it in a header of its own, which no other client reads. */
function sayWhenToRetry(response: Response): Response {
  const seconds = response.headers.get("X-Retry-After");
  if (seconds !== null) response.headers.set("Retry-After", seconds);
  return response;
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
