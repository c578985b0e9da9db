import type { ServerResponse } from "node:http";
import { createProblem } from "sallyport";

const problems = {
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "A part of the request cannot be read.",
  },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  request_timeout: {
    status: 408,
    title: "Request timeout",
    detail: "The request did not arrive in time.",
  },
  payload_too_large: {
    status: 413,
    title: "Payload too large",
    detail: "A body may have at most 64 KB.",
  },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    detail: "The request line and headers may have at most 16 KB.",
  },
  internal_error: { status: 500, title: "Internal error" },
  storage_unavailable: {
    status: 503,
    title: "Storage unavailable",
    detail: "The database does not answer right now. Try again.",
  },
} satisfies Record<string, { status: number; title: string; detail?: string }>;

export type ProblemCode = keyof typeof problems;

/** An answer in words of our own (RFC 9457). */
export function problemAnswer(code: ProblemCode, requestId: string) {
  const problem = createProblem({ code, ...problems[code] }, requestId);
  return {
    status: problem.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
    },
    body: JSON.stringify(problem),
  };
}

/** A connection whose answer has begun is cut instead. */
export function endWithProblem(
  response: ServerResponse,
  code: ProblemCode,
  requestId: string,
  headers: Record<string, string> = {},
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  const problem = problemAnswer(code, requestId);
  response.writeHead(problem.status, { ...problem.headers, ...headers });
  response.end(problem.body);
}
