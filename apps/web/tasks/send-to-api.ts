import type { AccessTokens } from "../auth/access-tokens.ts";

interface ApiCall extends RequestInit {
  headers: Record<string, string>;
}

/** Sends a call with what tells the api who is calling. Rejects when there is no answer. */
export type SendToApi = (url: string, call: ApiCall) => Promise<Response>;

/** From a page: the browser adds the session cookie. */
export const sendFromPage: SendToApi = (url, call) =>
  fetch(url, { ...call, credentials: "include" });

/** From a server, on behalf of the session. */
export function sendWithCookie(cookie: string): SendToApi {
  return (url, call) => fetch(url, { ...call, headers: { ...call.headers, cookie } });
}

/** With a token, and nothing else. A refused one is renewed once: it may have run out on its way. */
export function sendWithToken(tokens: AccessTokens): SendToApi {
  return async (url, call) => {
    const token = await tokens.get();
    // What the api says to who has no token.
    if (token === undefined) return new Response(null, { status: 401 });
    const answer = await send(url, call, token);
    if (answer.status !== 401) return answer;
    tokens.drop(token);
    const renewed = await tokens.get();
    return renewed === undefined ? answer : send(url, call, renewed);
  };
}

function send(url: string, call: ApiCall, token: string): Promise<Response> {
  const headers = { ...call.headers, authorization: `Bearer ${token}` };
  return fetch(url, { ...call, credentials: "omit", headers });
}
