import type { AuthContext, BetterAuthOptions } from "better-auth";
import { adapterSessions, secondarySessions } from "./adapter-sessions.ts";
import { discreetError } from "./discreet-error.ts";
import { postgresSessions } from "./postgres-sessions.ts";
import { signatureVerifier } from "./session-signature.ts";
import type { ReadSessions, StoredSession } from "./stored-session.ts";

/**
 * Looks up what session cookies hold, in their order: the session, or null where there is none.
 * Storage is read after the call, and of what Better Auth did not sign it hears nothing. Nothing
 * is renewed. Rejects when storage cannot say: that is no "none".
 *
 * Better Auth's own ways to a session answer "none" when storage fails, extend the session, and
 * take its cookie from wherever plugins put it.
 */
export type LookUp = (signedSessions: readonly string[]) => Promise<(StoredSession | null)[]>;

/** What a look-up needs of Better Auth's context, which is of another type for each configuration. */
export interface LookUpContext
  extends Pick<AuthContext, "secret" | "secondaryStorage" | "tables" | "logger"> {
  adapter: Pick<AuthContext["adapter"], "findMany">;
  internalAdapter: Pick<AuthContext["internalAdapter"], "findSession">;
  options: Pick<BetterAuthOptions, "database">;
}

export function createLookUp(auth: LookUpContext): LookUp {
  const verify = signatureVerifier(auth.secret);
  const read = sessionReader(auth);

  async function readDiscreetly(tokens: string[]): Promise<StoredSession[]> {
    try {
      return await read(tokens);
    } catch (cause) {
      throw discreetError(cause, tokens);
    }
  }

  return async (signedSessions) => {
    const tokens = signedSessions.map(verify);
    const genuine = new Set(tokens.filter((token) => token !== undefined));
    const sessions = genuine.size === 0 ? [] : await readDiscreetly([...genuine]);
    const now = Date.now();
    const live = new Map(
      sessions
        .filter(({ expiresAt, user }) => expiresAt.getTime() > now && !user.banned)
        .map((session) => [session.token, session]),
    );
    return tokens.map((token) => (token === undefined ? null : (live.get(token) ?? null)));
  };
}

function sessionReader(auth: LookUpContext): ReadSessions {
  if (auth.secondaryStorage !== undefined) return secondarySessions(auth);
  return postgresSessions(auth) ?? adapterSessions(auth);
}
