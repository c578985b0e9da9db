import { type Authenticated, type AuthResult, type Failure, refuse } from "./auth-result.ts";
import { type Denial, denialFor } from "./denial.ts";
import { type GuardRequest, pathDecodes } from "./guard-request.ts";
import type { AuthorityState, Scheme } from "./scheme.ts";
import { createTelemetry, type DecisionHook } from "./telemetry.ts";

export interface GuardOptions {
  /** Tried in order; the first whose credential is present decides. */
  schemes: readonly Scheme[];
  /**
   * Called once for each `authenticate`, whatever came of it: the place for a log line or a count.
   * It runs inside the validation's span and is not awaited. If it throws or rejects, the result
   * stays what it is, and OpenTelemetry's `diag` logger alone hears of it.
   */
  onDecision?: DecisionHook | undefined;
}

export interface AuthenticateOptions {
  /** The decoded path segment that names whose data is asked for: the caller must be that user. */
  owner?: string | undefined;
  /**
   * Aborted when nobody waits for the result any more, as when the client has left. What has not
   * been looked up by then ends as `authority_unavailable`.
   */
  signal?: AbortSignal | undefined;
}

export interface Guard {
  /**
   * Says who is calling, or why nobody is. Never throws for anything that a request or the
   * authority can do.
   */
  authenticate(request: GuardRequest, options?: AuthenticateOptions): Promise<AuthResult>;
  /** The HTTP answer to a failure: status, headers and problem document. */
  denial(failure: Failure, requestId: string): Denial;
  /** `unavailable` while the breaker of any scheme is open; as of the last request. */
  authority(): AuthorityState;
  /** Frees the connections of all schemes. */
  close(): Promise<void>;
}

/** Makes the guard that stands before a backend. Throws on options that cannot work. */
export function createGuard({ schemes, onDecision }: GuardOptions): Guard {
  if (schemes.length === 0) {
    throw new TypeError(
      "Cannot create guard: schemes must name at least one scheme, received none",
    );
  }

  async function identify(
    request: GuardRequest,
    signal: AbortSignal | undefined,
  ): Promise<AuthResult> {
    for (const scheme of schemes) {
      const result = await scheme.authenticate(request, signal);
      if (result !== null) return result;
    }
    return refuse("credentials_missing");
  }

  async function judge(
    request: GuardRequest,
    { owner, signal }: AuthenticateOptions,
  ): Promise<AuthResult> {
    try {
      if (request.url !== undefined && !pathDecodes(request.url)) {
        return refuse("malformed_request");
      }
      const result = await identify(request, signal);
      return result.ok && owner !== undefined ? requireUserIdMatch(owner, result) : result;
    } catch (cause) {
      return refuse("internal_error", { cause });
    }
  }

  const authority = (): AuthorityState =>
    schemes.every((scheme) => scheme.authority() === "ok") ? "ok" : "unavailable";
  const telemetry = createTelemetry(authority, onDecision);

  return {
    authenticate: (request, options = {}) => telemetry.observe(() => judge(request, options)),
    denial(failure, requestId) {
      const challengers =
        failure.scheme === undefined
          ? schemes
          : schemes.filter(({ name }) => name === failure.scheme);
      return denialFor(failure, {
        challenges: challengers.map(({ challenge }) => challenge),
        requestId,
      });
    },
    authority,
    async close() {
      telemetry.close();
      await Promise.all(schemes.map((scheme) => scheme.close()));
    },
  };
}

/**
 * The second door: the data of `userId` is its owner's alone. Exact comparison: no case folding,
 * no trimming, no Unicode normalisation. `userId` is the path segment, percent-decoded once.
 */
export function requireUserIdMatch(userId: string, auth: Authenticated): AuthResult {
  return userId === auth.user.userId
    ? auth
    : refuse("user_mismatch", { scheme: auth.scheme, userId: auth.user.userId });
}
