import { describeError } from "@sallyport/server";
import { headers } from "next/headers";
import { sharedRuntime } from "../runtime/global-runtime.ts";

interface SignedInUser {
  id: string;
  name: string;
  email: string;
}

export type SessionState =
  | { state: "signed-in"; user: SignedInUser; sessionId: string }
  | { state: "signed-out" }
  /** Nobody can say: not a sign-out. */
  | { state: "unavailable" };

/**
 * Every page's one judge: two that disagree would redirect in circles. It reads storage, and leaves
 * the session's renewal to calls whose answer can set the new cookie.
 */
export async function readSession(): Promise<SessionState> {
  const requestHeaders = await headers();
  const { auth, log } = await sharedRuntime();
  try {
    const session = await auth.api.getSession({
      headers: requestHeaders,
      query: { disableRefresh: true, disableCookieCache: true },
    });
    if (session === null) return { state: "signed-out" };
    const { id, name, email } = session.user;
    return { state: "signed-in", user: { id, name, email }, sessionId: session.session.id };
  } catch (cause) {
    log.warn({ cause: describeError(cause) }, "session cannot be checked");
    return { state: "unavailable" };
  }
}
