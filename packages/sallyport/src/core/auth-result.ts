/** Who is calling. It comes from a verified credential alone; nothing else of the request is trusted. */
export interface AuthenticatedUser {
  /** Better Auth's `user.id`; never empty. */
  userId: string;
  email: string | null;
  name: string | null;
}

export type SchemeName = "session" | "token";

/**
 * Why a request was refused. The codes are stable and public: they are the `error_code` of the
 * problem document (see docs/errors.md).
 */
export type FailureCode =
  | "malformed_request"
  | "credentials_missing"
  | "credentials_malformed"
  | "session_invalid"
  | "token_expired"
  | "token_invalid"
  | "user_mismatch"
  | "cross_origin_refused"
  | "authority_unavailable"
  | "internal_error";

export interface Failure {
  code: FailureCode;
  /** The scheme whose credential was presented and refused. */
  scheme?: SchemeName;
  /** The verified caller, where there is one (`user_mismatch`). */
  userId?: string;
  /** For the log alone; it never reaches the client. */
  cause?: unknown;
}

export interface Authenticated {
  ok: true;
  user: AuthenticatedUser;
  expiresAt: Date;
  scheme: SchemeName;
}

export interface Refused {
  ok: false;
  failure: Failure;
}

export type AuthResult = Authenticated | Refused;

export function refuse(code: FailureCode, details: Omit<Failure, "code"> = {}): Refused {
  return { ok: false, failure: { code, ...details } };
}
