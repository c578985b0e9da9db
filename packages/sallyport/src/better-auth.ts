import type { BetterAuthPlugin } from "better-auth";
import { exemptBackends } from "./better-auth/look-up-limit.ts";
import { refuseAccessTokens } from "./better-auth/refuse-access-tokens.ts";
import { tokenEndpoint } from "./better-auth/token-endpoint.ts";
import { type TokenOptions, tokenIssuerFor } from "./better-auth/token-issuer.ts";

export type { TokenOptions } from "./better-auth/token-issuer.ts";
export { deriveServiceKey } from "./core/service-key.ts";
export { deriveTokenKey } from "./core/token/token-key.ts";

export interface SallyportOptions {
  /** Issue tokens at `GET {auth}/sallyport/token`, for backends that use `jwt`. */
  token?: TokenOptions | undefined;
}

/**
 * Better Auth server plugin. It lets this server's backends, known by their service key, look up
 * sessions without running into the per-address rate limit; everyone else stays limited. With
 * `token` it issues short-lived tokens to whoever has a session.
 *
 * Throws on options that cannot work. Better Auth does not start with a secret under 32 bytes, or
 * to issue tokens without a fixed public address.
 */
export function sallyport({ token }: SallyportOptions = {}) {
  const issuerOf = token && tokenIssuerFor(token);
  // For HTTP: what `auth.api` has no type for, it does not offer.
  const endpoints: Record<never, never> = issuerOf
    ? { issueAccessToken: tokenEndpoint(issuerOf) }
    : {};
  return {
    id: "sallyport",
    init(context) {
      issuerOf?.(context);
      return { context: { rateLimit: exemptBackends(context) } };
    },
    endpoints,
    hooks: { before: [refuseAccessTokens] },
  } satisfies BetterAuthPlugin;
}
