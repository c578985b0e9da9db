import { randomUUID } from "node:crypto";
import type { AuthContext } from "better-auth";
import { APIError } from "better-auth/api";
import { discreetError } from "./discreet-error.ts";
import { sessionStorage, type Whose } from "./session-storage.ts";

type InternalAdapter = AuthContext["internalAdapter"];

/** Whether what one request was to end has ended. */
export interface RevocationProof {
  /**
   * Better Auth's own, save that what ends sessions reads storage again, and throws unless they are
   * gone from it.
   */
  internalAdapter: InternalAdapter;
  /** Beside the cause in the log. */
  requestId: string;
  /** Whether it threw so: some of Better Auth's endpoints go on regardless. */
  failed(): boolean;
  /** Whether a session could not be read: to those endpoints there is none then. */
  unread(): boolean;
}

export function proveRevocations(auth: AuthContext): RevocationProof {
  const { internalAdapter, logger } = auth;
  const { listSessions, forget, hasAny } = sessionStorage(auth);
  const requestId = randomUUID();
  let failed = false;
  let unread = false;

  function ending<Subject>(
    end: (subject: Subject) => Promise<void>,
    whoseOf: (subject: Subject) => Whose,
  ) {
    return async (subject: Subject) => {
      const whose = whoseOf(subject);
      // By identity: a session that begins meanwhile is none of those that have to go.
      const tokens = new Set("tokens" in whose ? whose.tokens : []);
      try {
        if ("userId" in whose) {
          for (const { token } of await listSessions(whose.userId)) tokens.add(token);
        }
        await forget(tokens);
        await end(subject);
        if (await hasAny(whose, tokens)) throw new Error("The database keeps a session");
      } catch (cause) {
        failed = true;
        const error = discreetError(cause, tokens);
        logger.error(`Sessions may not have ended (request ${requestId})`, error);
        throw new APIError("SERVICE_UNAVAILABLE", { message: "Sessions may not have ended" });
      }
    };
  }

  const deleteUserSessions = ending(internalAdapter.deleteUserSessions, (userId) => ({ userId }));

  return {
    requestId,
    failed: () => failed,
    unread: () => unread,
    internalAdapter: {
      ...internalAdapter,
      listSessions,
      findSession: (token) =>
        internalAdapter.findSession(token).catch((cause) => {
          unread = true;
          throw cause;
        }),
      deleteSession: ending(internalAdapter.deleteSession, (token) => ({ tokens: [token] })),
      deleteSessions: ending(internalAdapter.deleteSessions, (tokens) => ({ tokens })),
      deleteUserSessions,
      // The sessions first, so that what follows is not done if they stay, and can be asked again.
      async deleteUser(userId) {
        await deleteUserSessions(userId);
        await internalAdapter.deleteUser(userId);
      },
      // A reset, by whatever way: who had the old password may have a session of it.
      async updatePassword(userId, password) {
        await deleteUserSessions(userId);
        await internalAdapter.updatePassword(userId, password);
      },
      // The reset of somebody who had no password.
      async createAccount(account) {
        if (account.password) await deleteUserSessions(account.userId);
        return internalAdapter.createAccount(account);
      },
    },
  };
}
