import type { AuthContext } from "better-auth";
import { createAuthEndpoint } from "better-auth/api";
import { guardedHeaders } from "../core/denial.ts";
import { issueToken, type TokenIssuer } from "../core/token/issue-token.ts";
import { findCookieSession, refusal } from "./cookie-session.ts";

/** RFC 6749 5.1. */
const tokenHeaders = { ...guardedHeaders, Pragma: "no-cache" };

/** `GET {auth}/sallyport/token`: a token for whoever has a session, read from storage now. */
export function tokenEndpoint(issuerOf: (auth: AuthContext) => TokenIssuer) {
  return createAuthEndpoint(
    "/sallyport/token",
    { method: "GET", requireRequest: true },
    async ({ request, context }) => {
      // No page of ours needs it from another site, and browsers say so (Fetch Metadata 2.3).
      if (request.headers.get("sec-fetch-site") === "cross-site") {
        return refusal("cross_origin_refused");
      }
      const found = await findCookieSession(request, context);
      if (found.state === "unavailable") return refusal("authority_unavailable", found.requestId);
      if (found.state === "absent") return refusal("credentials_missing");
      const issued =
        found.state === "found" && issueToken(issuerOf(context), found.session, new Date());
      if (!issued) return refusal("session_invalid");
      const { token, expiresInSeconds } = issued;
      return Response.json(
        { access_token: token, token_type: "Bearer", expires_in: expiresInSeconds },
        { headers: tokenHeaders },
      );
    },
  );
}
