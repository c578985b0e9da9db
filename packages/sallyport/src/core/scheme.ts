import type { AuthResult, SchemeName } from "./auth-result.ts";
import type { GuardRequest } from "./guard-request.ts";

/** One way of proving who is calling. */
export interface Scheme {
  readonly name: SchemeName;
  /** For `WWW-Authenticate` (RFC 9110 11.6.1), e.g. `Session realm="tasks"`. */
  readonly challenge: string;
  /**
   * Null only when this scheme's credential is absent: present but bad is a refusal. `signal` is
   * aborted when the answer is no longer wanted.
   */
  authenticate(request: GuardRequest, signal?: AbortSignal): Promise<AuthResult | null>;
  /** Whether whoever decides for this scheme answered lately. */
  authority(): AuthorityState;
  /** Frees connections. */
  close(): Promise<void>;
}

export type AuthorityState = "ok" | "unavailable";
