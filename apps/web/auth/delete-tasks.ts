import { parseCookies } from "better-auth/cookies";
import type { WebConfig } from "../config.ts";
import { sendWithCookie, sendWithToken } from "../tasks/send-to-api.ts";
import { createAccessTokens } from "./access-tokens.ts";
import type { Auth } from "./auth.ts";

const DEADLINE_MS = 10_000;

interface Surroundings {
  auth: Auth;
  config: WebConfig;
  /** The request header that holds the client's address. */
  clientAddressHeader: string;
}

/**
 * Deletes all tasks of the user whose request this is: asks the api with the request's session, or
 * a token for it. Rejects unless the api says that they are gone.
 */
export async function deleteTasks(
  userId: string,
  { headers }: Request,
  { auth, config, clientAddressHeader }: Surroundings,
): Promise<void> {
  const { name } = (await auth.$context).authCookies.sessionToken;
  const value = parseCookies(headers.get("cookie") ?? "").get(name) ?? "";
  const cookie = `${name}=${encodeURIComponent(value)}`;
  const address = headers.get(clientAddressHeader);
  const requestToken = () =>
    auth.handler(
      new Request(`${config.publicUrl}/api/auth/sallyport/token`, {
        headers: { cookie, ...(address !== null && { [clientAddressHeader]: address }) },
      }),
    );
  const send =
    config.authMode === "session"
      ? sendWithCookie(cookie)
      : sendWithToken(createAccessTokens(requestToken));
  const answer = await send(`${config.apiUrl}/api/${encodeURIComponent(userId)}`, {
    method: "DELETE",
    redirect: "error",
    signal: AbortSignal.timeout(DEADLINE_MS),
    headers: {},
  });
  await answer.body?.cancel();
  if (answer.status !== 204) throw new Error(`The task api answered ${answer.status}`);
}
