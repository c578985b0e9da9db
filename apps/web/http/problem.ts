import type { ServerResponse } from "node:http";
import { createProblem } from "sallyport";

const problems = {
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "A part of the request cannot be read.",
  },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  payload_too_large: {
    status: 413,
    title: "Payload too large",
    detail: "A body may have at most 64 KB.",
  },
  internal_error: { status: 500, title: "Internal error" },
  storage_unavailable: {
    status: 503,
    title: "Storage unavailable",
    detail: "The database does not answer right now. Try again.",
  },
} satisfies Record<string, { status: number; title: string; detail?: string }>;

export type ProblemCode = keyof typeof problems;

/** Answers in words of its own (RFC 9457); a connection whose answer has begun is cut instead. */
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
  const problem = createProblem({ code, ...problems[code] }, requestId);
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  response.writeHead(problem.status, {
    "Content-Type": "application/problem+json",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    ...headers,
  });
  response.end(JSON.stringify(problem));
}
