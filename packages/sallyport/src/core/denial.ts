import type { Failure, FailureCode } from "./auth-result.ts";
import { createProblem, type Problem, type ProblemKind } from "./problem.ts";

/** A finished refusal: adapters write it down and add nothing. */
export interface Denial {
  status: number;
  headers: Record<string, string>;
  body: Problem;
}

/** On every answer behind the guard, allowed or refused: it is one caller's own (RFC 9111 5.2.2.5). */
export const guardedHeaders = {
  "Cache-Control": "no-store",
  Vary: "Cookie, Authorization, Origin",
  "X-Content-Type-Options": "nosniff",
} as const;

interface Refusal extends Omit<ProblemKind, "code"> {
  /** RFC 6750 3.1: `invalid_token` only when a credential was presented. */
  challenge?: "bare" | "invalid_token";
  retryAfterSeconds?: number;
}

const refusals = {
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "The path of the request cannot be decoded.",
  },
  credentials_missing: {
    status: 401,
    title: "Authentication required",
    detail: "The request carries no credential.",
    challenge: "bare",
  },
  credentials_malformed: {
    status: 401,
    title: "Credential malformed",
    detail: "The request carries a credential that cannot be read.",
    challenge: "invalid_token",
  },
  session_invalid: {
    status: 401,
    title: "Session invalid",
    detail: "There is no such session. Sign in again.",
    challenge: "invalid_token",
  },
  token_expired: {
    status: 401,
    title: "Token expired",
    detail: "The token's time has passed. Get a new one.",
    challenge: "invalid_token",
  },
  token_invalid: {
    status: 401,
    title: "Token invalid",
    detail: "The token is not one that this service accepts.",
    challenge: "invalid_token",
  },
  user_mismatch: {
    status: 403,
    title: "Not your resource",
    detail: "The path belongs to another user than the one signed in.",
  },
  cross_origin_refused: {
    status: 403,
    title: "Cross-origin request refused",
    detail: "This is accepted from pages of trusted origins only.",
  },
  authority_unavailable: {
    status: 503,
    title: "Authentication unavailable",
    detail: "The session cannot be checked right now. It has not ended; try again.",
    retryAfterSeconds: 1,
  },
  internal_error: { status: 500, title: "Internal error" },
} satisfies Record<FailureCode, Refusal>;

export function denialFor(
  failure: Failure,
  { challenges, requestId }: { challenges: readonly string[]; requestId: string },
): Denial {
  const refusal: Refusal = refusals[failure.code];
  const headers: Record<string, string> = {
    ...guardedHeaders,
    "Content-Type": "application/problem+json",
  };
  if (refusal.challenge !== undefined) {
    const error = refusal.challenge === "bare" ? "" : `, error="${refusal.challenge}"`;
    headers["WWW-Authenticate"] = challenges.map((challenge) => challenge + error).join(", ");
  }
  if (refusal.retryAfterSeconds !== undefined) {
    headers["Retry-After"] = String(refusal.retryAfterSeconds);
  }
  return {
    status: refusal.status,
    headers,
    body: createProblem({ code: failure.code, ...refusal }, requestId),
  };
}
