import { describeError, type Log } from "@sallyport/server";
import { isUnavailable, type Storage } from "@sallyport/storage";
import { betterAuth } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { sallyport } from "sallyport/better-auth";
import * as z from "zod";
import type { WebConfig } from "../config.ts";
import { devices } from "./devices.ts";
import { passwordAttempts } from "./rate-limits/password-attempts.ts";
import type { RateLimits } from "./rate-limits/rate-limits.ts";

const DAY_SECONDS = 24 * 60 * 60;

const deletion = z.object({ password: z.string().min(1) });
const userName = z.string().trim().min(1).max(200);

export interface AuthSurroundings {
  config: WebConfig;
  storage: Storage<unknown>;
  limits: RateLimits;
  log: Log;
  /** The request header that holds the client's address, which no client can choose. */
  clientAddressHeader: string;
  /** Deletes a user's tasks, on behalf of this request of theirs. Rejects unless they are gone. */
  deleteTasks: (userId: string, request: Request) => Promise<void>;
}

export type Auth = ReturnType<typeof createAuth>;

export function createAuth({
  config,
  storage,
  limits,
  log,
  clientAddressHeader,
  deleteTasks,
}: AuthSurroundings) {
  return betterAuth({
    appName: "Sallyport",
    baseURL: config.publicUrl,
    secret: config.secret,
    trustedOrigins: config.trustedOrigins,
    database: {
      // Better Auth puts the schema's name in front of its tables itself.
      db: storage.db.withoutPlugins(),
      type: "postgres",
      schemaName: "auth",
      transaction: true,
    },
    emailAndPassword: { enabled: true },
    session: {
      expiresIn: 7 * DAY_SECONDS,
      updateAge: DAY_SECONDS,
      cookieCache: { enabled: false },
      // Else the list of one's sessions is refused to whoever signed in more than a day ago. What
      // else asks for a young session asks for the password here.
      freshAge: 0,
    },
    user: {
      deleteUser: {
        enabled: true,
        // The password has been verified. The tasks first: without the account nobody could ask
        // for their deletion again.
        async beforeDelete({ id }, request) {
          try {
            if (request === undefined) throw new Error("A deletion without a request");
            await deleteTasks(id, request);
          } catch (cause) {
            log.warn({ cause: describeError(cause) }, "tasks of an account could not be deleted");
            const message = "The tasks could not be deleted. Try again.";
            throw new APIError(
              "SERVICE_UNAVAILABLE",
              { code: "TASKS_NOT_DELETED", message },
              { "Retry-After": "1" },
            );
          }
        },
      },
    },
    databaseHooks: {
      // Goes with its user, by the foreign key, in one statement: a user without a password, left
      // by a failure between two, could neither sign in nor up.
      account: { delete: { before: async () => false } },
    },
    rateLimit: { enabled: true, customStorage: limits.byAddress },
    advanced: {
      useSecureCookies: config.publicUrl.startsWith("https:"),
      ...(config.cookieDomain !== undefined && {
        crossSubDomainCookies: { enabled: true, domain: config.cookieDomain },
      }),
      ipAddress: { ipAddressHeaders: [clientAddressHeader] },
      disableOriginCheck: false,
      disableCSRFCheck: false,
    },
    hooks: {
      // Better Auth takes names of any length, and none.
      before: createAuthMiddleware(async ({ path, body }) => {
        // Better Auth lets a young session delete its user without one.
        if (path === "/delete-user" && !deletion.safeParse(body).success) {
          const message = "The password is wanted.";
          throw new APIError("BAD_REQUEST", { code: "INVALID_PASSWORD", message });
        }
        if (path !== "/sign-up/email" && path !== "/update-user") return;
        if (body?.name === undefined || userName.safeParse(body.name).success) return;
        const message = "A name has 1 to 200 characters.";
        throw new APIError("BAD_REQUEST", { code: "INVALID_NAME", message });
      }),
      // Better Auth makes a 500 of a look-up that storage failed: the listener makes 503 of it.
      after: createAuthMiddleware(async ({ context: { returned } }) => {
        if (returned instanceof Error && isUnavailable(returned.cause)) throw returned.cause;
      }),
    },
    // Whatever is no answer of Better Auth's own comes to the listener, and to no console.
    onAPIError: { throw: true },
    telemetry: { enabled: false },
    logger: {
      level: "warn",
      // Of what comes with a message only errors are told: the rest may hold what a user typed.
      log: (level, message, ...details) => {
        const cause = details.filter((detail) => detail instanceof Error).map(describeError);
        log[level]({ from: "better-auth", ...(cause.length > 0 && { cause }) }, message);
      },
    },
    plugins: [
      passwordAttempts(limits.byAccount),
      devices(),
      sallyport({
        token:
          config.authMode === "jwt"
            ? {
                audience: config.apiUrl,
                keyDerivation: config.tokenKeyDerivation,
                keyVersion: config.tokenKeyVersion,
              }
            : undefined,
      }),
    ],
  });
}
