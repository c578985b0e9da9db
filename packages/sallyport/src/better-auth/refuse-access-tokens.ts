import { APIError, createAuthMiddleware } from "better-auth/api";
import { splitCompactJws } from "../core/token/compact-jws.ts";
import { accessTokenType } from "../core/token/token-verifier.ts";

const path = "/verify-email";

/**
 * Better Auth takes any HS256 token of the raw secret's for an e-mail's verification, if only it
 * has an address in it. Ours have none; that kind of token is refused before anything is read.
 */
export const refuseAccessTokens = {
  matcher: (context: { path?: string | undefined }) => context.path === path,
  handler: createAuthMiddleware(async ({ query }) => {
    const token: unknown = query?.token;
    if (typeof token !== "string") return;
    if (splitCompactJws(token)?.header.typ !== accessTokenType) return;
    throw new APIError("UNAUTHORIZED", { code: "INVALID_TOKEN", message: "Invalid token" });
  }),
};
