import { randomUUID } from "node:crypto";
import type { AuthContext } from "better-auth";
import { type FailureCode, refuse } from "../core/auth-result.ts";
import { denialFor } from "../core/denial.ts";
import { readSessionCookie } from "../core/session-cookie.ts";
import { formatSignedSession } from "../core/signed-session.ts";
import { refusalResponse } from "../core/web-response.ts";
import { createLookUp } from "./look-up.ts";
import type { StoredSession } from "./stored-session.ts";

type CookieSession =
  | { state: "found"; session: StoredSession }
  | { state: "absent" }
  | { state: "none" }
  /** Storage cannot say; the log has the reason beside this id. */
  | { state: "unavailable"; requestId: string };

/** The session of a request's own cookie, read from storage now. */
export async function findCookieSession(
  { headers }: Pick<Request, "headers">,
  auth: AuthContext,
): Promise<CookieSession> {
  const cookie = readSessionCookie(headers.get("cookie"), auth.authCookies.sessionToken.name);
  if (cookie.state === "absent") return { state: "absent" };
  if (cookie.state === "malformed") return { state: "none" };
  try {
    const [session] = await createLookUp(auth)([formatSignedSession(cookie.session)]);
    return session ? { state: "found", session } : { state: "none" };
  } catch (cause) {
    const requestId = randomUUID();
    auth.logger.error(`The session cannot be read (request ${requestId})`, cause);
    return { state: "unavailable", requestId };
  }
}

/** Whoever asks has the cookie of this server, which is the realm. */
export function refusal(code: FailureCode, requestId: string = randomUUID()): Response {
  const challenges = ['Session realm="better-auth"'];
  return refusalResponse(denialFor(refuse(code).failure, { challenges, requestId }));
}
