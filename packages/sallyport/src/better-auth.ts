import type { BetterAuthPlugin } from "better-auth";
import { acknowledgeRevocations, proveRequest } from "./better-auth/acknowledge-revocations.ts";
import { exemptBackends } from "./better-auth/look-up-limit.ts";
import { refuseAccessTokens } from "./better-auth/refuse-access-tokens.ts";
import { revokeOtherSessions } from "./better-auth/revoke-other-sessions.ts";
import { sessionEndpoint } from "./better-auth/session-endpoint.ts";
import { sessionsEndpoint } from "./better-auth/sessions-endpoint.ts";
import { tokenEndpoint } from "./better-auth/token-endpoint.ts";
import { type TokenOptions, tokenIssuerFor } from "./better-auth/token-issuer.ts";

export { handleSessionLookUps, type LookUpHandler } from "./better-auth/node-look-ups.ts";
export type { TokenOptions } from "./better-auth/token-issuer.ts";
export { deriveServiceKey } from "./core/service-key.ts";
export { deriveTokenKey } from "./core/token/token-key.ts";

export interface SallyportOptions {
  /** Issue tokens at `GET {auth}/sallyport/token`, for backends that use `jwt`. */
  token?: TokenOptions | undefined;
}

/**
 * Better Auth server plugin. Its backends, known by their service key, look up many sessions in
 * one call (`POST {auth}/sallyport/sessions`), and run into no per-address rate limit; everyone
 * else stays limited. `GET {auth}/session` tells any caller whose session a cookie opens. With
 * `token` it issues short-lived tokens to whoever has a session.
 *
 * A sign-out, and whatever else ends sessions, is acknowledged when they are gone from storage, and
 * is 503 otherwise. A password change ends the user's other sessions, a reset all of them.
 *
 * Throws on options that cannot work. Better Auth does not start with a secret under 32 bytes, or
 * to issue tokens without a fixed public address.
 */
export function sallyport({ token }: SallyportOptions = {}) {
  const issuerOf = token && tokenIssuerFor(token);
  // For HTTP: what `auth.api` has no type for, it does not offer.
  const endpoints: Record<never, never> = {
    lookUpSessions: sessionsEndpoint,
    lookUpSession: sessionEndpoint,
    ...(issuerOf && { issueAccessToken: tokenEndpoint(issuerOf) }),
  };
  return {
    id: "sallyport",
    init(context) {
      issuerOf?.(context);
      return { context: { rateLimit: exemptBackends(context) } };
    },
    endpoints,
    hooks: {
      before: [refuseAccessTokens, proveRequest, revokeOtherSessions],
      after: [acknowledgeRevocations],
    },
  } satisfies BetterAuthPlugin;
}
