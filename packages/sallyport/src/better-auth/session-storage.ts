import { type AuthContext, getCurrentAdapter, type Session } from "better-auth";

export type Whose = { tokens: string[] } | { userId: string };

/** What deletes sessions for certain needs of storage. Rejects when storage cannot say. */
export interface SessionStorage {
  listSessions: AuthContext["internalAdapter"]["listSessions"];
  /** Takes sessions out of the secondary storage; rejects if they stay. */
  forget(tokens: ReadonlySet<string>): Promise<void>;
  /** Whether one of these is in the database still. */
  hasAny(whose: Whose, tokens: ReadonlySet<string>): Promise<boolean>;
}

// Of all limits that databases take the highest; without one Better Auth's is a hundred.
const everyRow = 2 ** 31 - 1;

export function sessionStorage(auth: AuthContext): SessionStorage {
  const { adapter, internalAdapter, secondaryStorage } = auth;
  const { storeSessionInDatabase, preserveSessionInDatabase } = auth.options.session ?? {};
  // Beside a secondary storage they may be none, or a record of sessions that have ended too.
  const sessionsAreRows =
    secondaryStorage === undefined || (storeSessionInDatabase && !preserveSessionInDatabase);

  async function rowsOf(whose: Whose): Promise<Session[]> {
    // The transaction's own, if there is one: an error then takes back what was done in it.
    const current = await getCurrentAdapter(adapter);
    return current.findMany<Session>({
      model: "session",
      where: [
        "userId" in whose
          ? { field: "userId", value: whose.userId }
          : { field: "token", operator: "in", value: whose.tokens },
      ],
      limit: everyRow,
    });
  }

  return {
    // All of them: those beyond the hundredth have to go with "the others" too.
    async listSessions(userId, options) {
      if (!sessionsAreRows) return internalAdapter.listSessions(userId, options);
      const sessions = await rowsOf({ userId });
      if (!options?.onlyActiveSessions) return sessions;
      const now = Date.now();
      return sessions.filter(({ expiresAt }) => expiresAt.getTime() > now);
    },
    // Better Auth does this after the transaction, where nobody hears of an error, and after it
    // took the session off its list of the user's, where the next try would not find it.
    async forget(tokens) {
      if (secondaryStorage === undefined) return;
      for (const token of tokens) await secondaryStorage.delete(token);
      for (const token of tokens) {
        if (await secondaryStorage.get(token)) throw new Error("Secondary storage keeps a session");
      }
    },
    async hasAny(whose, tokens) {
      if (!sessionsAreRows) return false;
      return (await rowsOf(whose)).some(({ token }) => tokens.has(token));
    },
  };
}
