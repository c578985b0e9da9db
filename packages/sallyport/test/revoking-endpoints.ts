import {
  type Call,
  type OpenSession,
  password,
  type RevocationServer,
} from "./revocation-server.ts";

/** Two sessions of one user; there are others, of other users. */
interface Sessions {
  own: OpenSession;
  other: OpenSession;
}

interface Revoking {
  call(sessions: Sessions, server: RevocationServer): Promise<Call>;
  ends: readonly (keyof Sessions)[];
}

const newPassword = "another horse battery";
const both = ["own", "other"] as const;

/** Every endpoint of Better Auth and its admin plugin that ends sessions. */
export const revokingEndpoints: Record<string, Revoking> = {
  "a sign-out": {
    call: async ({ own }) => ({ path: "/sign-out", body: {}, by: own }),
    ends: ["own"],
  },
  "revoking another session": {
    call: async ({ own, other }) => ({
      path: "/revoke-session",
      body: { token: other.token },
      by: own,
    }),
    ends: ["other"],
  },
  "revoking the caller's own session": {
    call: async ({ own }) => ({ path: "/revoke-session", body: { token: own.token }, by: own }),
    ends: ["own"],
  },
  "revoking all sessions": {
    call: async ({ own }) => ({ path: "/revoke-sessions", body: {}, by: own }),
    ends: both,
  },
  "revoking the other sessions": {
    call: async ({ own }) => ({ path: "/revoke-other-sessions", body: {}, by: own }),
    ends: ["other"],
  },
  "a password change": {
    call: async ({ own }) => ({
      path: "/change-password",
      body: { currentPassword: password, newPassword, revokeOtherSessions: true },
      by: own,
    }),
    ends: both,
  },
  "a password reset": {
    call: async ({ own }, server) => ({
      path: "/reset-password",
      body: { token: await server.mailToken("reset-password:", own), newPassword },
    }),
    ends: both,
  },
  "a user's deletion": {
    call: async ({ own }) => ({ path: "/delete-user", body: { password }, by: own }),
    ends: both,
  },
  "a user's deletion by mail": {
    async call({ own }, server) {
      const token = await server.mailToken("delete-account-", own);
      return { path: `/delete-user/callback?token=${token}`, by: own };
    },
    ends: both,
  },
  "an administrator's revoking of a session": {
    call: async ({ other }, server) => ({
      path: "/admin/revoke-user-session",
      body: { sessionToken: other.token },
      by: server.administrator,
    }),
    ends: ["other"],
  },
  "an administrator's revoking of a user's sessions": {
    call: async ({ own: { userId } }, server) => ({
      path: "/admin/revoke-user-sessions",
      body: { userId },
      by: server.administrator,
    }),
    ends: both,
  },
  "a ban": {
    call: async ({ own: { userId } }, server) => ({
      path: "/admin/ban-user",
      body: { userId },
      by: server.administrator,
    }),
    ends: both,
  },
  "a ban by an update": {
    call: async ({ own: { userId } }, server) => ({
      path: "/admin/update-user",
      body: { userId, data: { banned: true } },
      by: server.administrator,
    }),
    ends: both,
  },
  "an administrator's removal of a user": {
    call: async ({ own: { userId } }, server) => ({
      path: "/admin/remove-user",
      body: { userId },
      by: server.administrator,
    }),
    ends: both,
  },
  "an administrator's new password for a user": {
    call: async ({ own: { userId } }, server) => ({
      path: "/admin/set-user-password",
      body: { userId, newPassword },
      by: server.administrator,
    }),
    ends: both,
  },
};
