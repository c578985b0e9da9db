import { randomUUID } from "node:crypto";
import type { AuthContext } from "better-auth";
import { createAuthEndpoint } from "better-auth/api";
import { constantTimeEqual, makeSignature } from "better-auth/crypto";
import type { FailureCode } from "../core/auth-result.ts";
import { refuse } from "../core/auth-result.ts";
import { denialFor, guardedHeaders } from "../core/denial.ts";
import { readSessionCookie, type SessionCookie } from "../core/session-cookie.ts";
import { type IssuingSession, issueToken, type TokenIssuer } from "../core/token/issue-token.ts";
import { refusalResponse } from "../core/web-response.ts";

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
      const { name } = context.authCookies.sessionToken;
      const cookie = readSessionCookie(request.headers.get("cookie"), name);
      if (cookie.state === "absent") return refusal("credentials_missing");
      let session: IssuingSession | undefined;
      try {
        session = await findSession(cookie, context);
      } catch (cause) {
        const requestId = randomUUID();
        context.logger.error(`No token: the session cannot be read (request ${requestId})`, cause);
        return refusal("authority_unavailable", requestId);
      }
      const issued = session && issueToken(issuerOf(context), session, new Date());
      if (issued === undefined) return refusal("session_invalid");
      const { token, expiresInSeconds } = issued;
      return Response.json(
        { access_token: token, token_type: "Bearer", expires_in: expiresInSeconds },
        { headers: tokenHeaders },
      );
    },
  );
}

/**
 * Better Auth's own ways to a session answer "none" when storage fails, extend the session, and
 * take its cookie from wherever plugins put it: the bearer plugin makes one of an `Authorization`
 * header. Rejects when storage cannot say.
 */
async function findSession(
  cookie: SessionCookie,
  { authCookies, secret, internalAdapter }: AuthContext,
): Promise<IssuingSession | undefined> {
  const { name } = authCookies.sessionToken;
  if (cookie.state !== "present") return undefined;
  const signed = `${cookie.token}.${await makeSignature(cookie.token, secret)}`;
  if (!constantTimeEqual(cookie.headerValue, `${name}=${encodeURIComponent(signed)}`)) {
    return undefined;
  }
  const found = await internalAdapter.findSession(cookie.token);
  // `banned` is the admin plugin's.
  return found === null || found.user.banned === true ? undefined : found.session;
}

function refusal(code: FailureCode, requestId: string = randomUUID()): Response {
  const challenges = ['Session realm="better-auth"'];
  return refusalResponse(denialFor(refuse(code).failure, { challenges, requestId }));
}
