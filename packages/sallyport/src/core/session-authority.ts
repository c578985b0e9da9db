import { createAuthorityClient } from "./authority-client.ts";
import type { AuthorityState } from "./scheme.ts";
import { serviceKeyHeader } from "./service-key.ts";
import { readSessionAnswer, type SessionAnswer } from "./session-answer.ts";

export interface SessionAuthorityOptions {
  /** Base of Better Auth's API, e.g. `http://localhost:3000/api/auth`. */
  url: URL;
  serviceKey: string | undefined;
  deadlineMs: number;
}

export interface SessionAuthority {
  /** One fresh look-up; rejects when there is no trustworthy answer inside the deadline. */
  lookUp(cookie: { token: string; headerValue: string }): Promise<SessionAnswer>;
  state(): AuthorityState;
  close(): Promise<void>;
}

/** Better Auth's session endpoint, asked afresh for each look-up. */
export function createSessionAuthority(options: SessionAuthorityOptions): SessionAuthority {
  const { url, serviceKey, deadlineMs } = options;
  const client = createAuthorityClient({ origin: url.origin, deadlineMs });
  const path = `${url.pathname}/get-session?disableCookieCache=true&disableRefresh=true`;
  const keyHeader = serviceKey === undefined ? {} : { [serviceKeyHeader]: serviceKey };
  return {
    // Of the client's request the cookie alone is sent on: its other headers could change whose
    // session is looked up.
    lookUp: ({ token, headerValue }) =>
      client.get({
        path,
        headers: { cookie: headerValue, ...keyHeader },
        read: (status, text) => readSessionAnswer(status, text, token),
      }),
    state: client.state,
    close: client.close,
  };
}
