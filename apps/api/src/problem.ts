import type { Context } from "hono";
import { createProblem, type Problem } from "sallyport";
import type { LoggedFailure } from "./api-env.ts";

/** What can go wrong once the guard has allowed a request, or before one has reached it. */
const failures = {
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "A part of the request cannot be read.",
  },
  not_found: { status: 404, title: "Not found" },
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
  unsupported_media_type: {
    status: 415,
    title: "Unsupported media type",
    detail: "A body must be application/json, without a content encoding.",
  },
  validation_failed: { status: 422, title: "Validation failed" },
  headers_too_large: {
    status: 431,
    title: "Headers too large",
    detail: "The request line and headers may have at most 16 KB.",
  },
  storage_unavailable: {
    status: 503,
    title: "Storage unavailable",
    detail: "The database does not answer right now. Try again.",
    retryAfterSeconds: 1,
  },
  internal_error: { status: 500, title: "Internal error" },
} satisfies Record<string, FailureKind>;

interface FailureKind {
  status: number;
  title: string;
  detail?: string;
  retryAfterSeconds?: number;
}

export type ApiFailureCode = keyof typeof failures;

export interface FieldError {
  /** Member names joined by dots; empty for the whole. */
  path: string;
  message: string;
}

interface Circumstances {
  errors?: FieldError[];
  /** For the log alone. */
  cause?: unknown;
}

/** The answer to a failure: status, headers and problem document. */
export function apiProblem(code: ApiFailureCode, requestId: string, errors?: FieldError[]) {
  const failure: FailureKind = failures[code];
  const { retryAfterSeconds } = failure;
  const body: Problem & { errors?: FieldError[] } = createProblem({ code, ...failure }, requestId);
  if (errors) body.errors = errors;
  return {
    status: failure.status,
    headers: {
      "Content-Type": "application/problem+json",
      "Cache-Control": "no-store",
      "X-Content-Type-Options": "nosniff",
      ...(retryAfterSeconds === undefined ? {} : { "Retry-After": String(retryAfterSeconds) }),
    },
    body,
  };
}

export function refuse(
  c: Context,
  code: ApiFailureCode,
  { errors, cause }: Circumstances = {},
): Response {
  c.set("failure", { code, cause } satisfies LoggedFailure);
  const { status, headers, body } = apiProblem(code, c.var.requestId, errors);
  return new Response(JSON.stringify(body), { status, headers });
}
