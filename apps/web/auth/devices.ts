import type { BetterAuthPlugin } from "better-auth";
import { createAuthEndpoint, sensitiveSessionMiddleware } from "better-auth/api";
import { deleteSessionCookie } from "better-auth/cookies";
import * as z from "zod";

/**
 * `POST {auth}/revoke-device` ends one of the caller's sessions by its id. Better Auth's own
 * endpoint wants the session's token, which no page needs to hold.
 */
export function devices() {
  return {
    id: "devices",
    endpoints: {
      revokeDevice: createAuthEndpoint(
        "/revoke-device",
        {
          method: "POST",
          body: z.object({ id: z.string() }),
          use: [sensitiveSessionMiddleware],
          requireHeaders: true,
        },
        async (context) => {
          const { internalAdapter, session: caller } = context.context;
          const sessions = await internalAdapter.listSessions(caller.user.id);
          const session = sessions.find(({ id }) => id === context.body.id);
          // One that has ended already, or is another's, is none of the caller's.
          if (session) await internalAdapter.deleteSession(session.token);
          if (session?.id === caller.session.id) deleteSessionCookie(context);
          return context.json({ status: true });
        },
      ),
    },
  } satisfies BetterAuthPlugin;
}
