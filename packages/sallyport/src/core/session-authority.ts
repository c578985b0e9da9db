import { createAuthorityClient } from "./authority-client.ts";
import { createBatchedLookUps } from "./batched-look-ups.ts";
import type { Patience } from "./patience.ts";
import type { AuthorityState } from "./scheme.ts";
import { serviceKeyHeader } from "./service-key.ts";
import { readSessionAnswer, type SessionAnswer } from "./session-answer.ts";
import { formatSignedSession, type SignedSession } from "./signed-session.ts";

export interface SessionAuthorityOptions {
  /** Base of Better Auth's API, e.g. `http://localhost:3000/api/auth`. */
  url: URL;
  cookieName: string;
  serviceKey: string | undefined;
  /** Whether look-ups travel together; they need a service key to. */
  batch: boolean;
  deadlineMs: number;
}

export interface SessionAuthority {
  /** One fresh look-up; rejects when there is no trustworthy answer inside the deadline. */
  lookUp(session: SignedSession, signal?: AbortSignal): Promise<SessionAnswer>;
  state(): AuthorityState;
  close(): Promise<void>;
}

/** Better Auth's session endpoints, asked afresh for each look-up. */
export function createSessionAuthority(options: SessionAuthorityOptions): SessionAuthority {
  const { url, cookieName, serviceKey, batch, deadlineMs } = options;
  const client = createAuthorityClient({ origin: url.origin, deadlineMs });
  const batches =
    batch && serviceKey !== undefined
      ? createBatchedLookUps({ client, url, serviceKey })
      : undefined;
  const path = `${url.pathname}/get-session?disableCookieCache=true&disableRefresh=true`;
  const keyHeader = serviceKey === undefined ? {} : { [serviceKeyHeader]: serviceKey };

  // Of the client's request the cookie alone is sent on, written anew: its other headers could
  // change whose session is looked up.
  function lookUpAlone(session: SignedSession, patience: Patience): Promise<SessionAnswer> {
    const cookie = `${cookieName}=${encodeURIComponent(formatSignedSession(session))}`;
    return client.ask(
      {
        path,
        headers: { cookie, ...keyHeader },
        read: (status, text) => readSessionAnswer(status, text, session.token),
      },
      patience,
    );
  }

  return {
    async lookUp(session, signal) {
      if (batches === undefined) return lookUpAlone(session, { deadlineMs, signal });
      const startedAt = performance.now();
      const answer = await batches.lookUp(session, { deadlineMs, signal });
      if (answer !== undefined) return answer;
      const leftMs = Math.max(0, Math.ceil(deadlineMs - (performance.now() - startedAt)));
      return lookUpAlone(session, { deadlineMs: leftMs, signal });
    },
    state: client.state,
    close() {
      batches?.close();
      return client.close();
    },
  };
}
