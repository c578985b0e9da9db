import type { BetterAuthPlugin, BetterAuthRateLimitStorage } from "better-auth";
import { APIError, createAuthMiddleware, getSessionFromCtx } from "better-auth/api";
import * as z from "zod";

/** Room for who mistypes; whoever guesses has 2,880 guesses a day, from all addresses together. */
const rule = { window: 5 * 60, max: 10 };

const signIn = z.object({ email: z.string() });
/** These ask who is signed in for the password again. */
const confirmations = ["/change-password", "/verify-password", "/delete-user"];

/**
 * Limits how often the password of an account is tried, wherever from. Whoever reaches the limit is
 * told the same whether the account exists or not, and its sessions go on.
 */
export function passwordAttempts(byAccount: BetterAuthRateLimitStorage) {
  async function countAttempt(account: string): Promise<void> {
    const { allowed, retryAfter } = await byAccount.consume(account, rule);
    if (allowed) return;
    throw new APIError(
      "TOO_MANY_REQUESTS",
      { code: "TOO_MANY_PASSWORD_ATTEMPTS", message: "Too many attempts. Try again later." },
      { "Retry-After": String(retryAfter) },
    );
  }

  return {
    id: "password-attempts",
    hooks: {
      before: [
        {
          matcher: ({ path }) => path === "/sign-in/email",
          handler: createAuthMiddleware(async ({ body }) => {
            const attempt = signIn.safeParse(body);
            // Better Auth refuses what has no e-mail; of others it looks up the lower case.
            if (attempt.success) await countAttempt(`email:${attempt.data.email.toLowerCase()}`);
          }),
        },
        {
          matcher: ({ path }) => path !== undefined && confirmations.includes(path),
          handler: createAuthMiddleware(async (context) => {
            const session = await getSessionFromCtx(context, { disableRefresh: true });
            // Counted apart from sign-ins: a stranger's guesses keep nobody from a new password.
            if (session) await countAttempt(`user:${session.user.id}`);
          }),
        },
      ],
    },
  } satisfies BetterAuthPlugin;
}
