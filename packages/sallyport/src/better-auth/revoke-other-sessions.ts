import { createAuthMiddleware } from "better-auth/api";

/** A password change ends the other sessions, asked to or not: the old password may be why. */
export const revokeOtherSessions = {
  matcher: ({ path }: { path?: string | undefined }) => path === "/change-password",
  handler: createAuthMiddleware(async ({ body }) => ({
    context: { body: { ...body, revokeOtherSessions: true } },
  })),
};
