import { describeError, type Log } from "@sallyport/server";
import { isUnavailable, type Storage } from "@sallyport/storage";
import { betterAuth } from "better-auth";
import { APIError, createAuthMiddleware } from "better-auth/api";
import { sallyport } from "sallyport/better-auth";
import * as z from "zod";
import type { WebConfig } from "../config.ts";
import { passwordAttempts } from "./rate-limits/password-attempts.ts";
import type { RateLimits } from "./rate-limits/rate-limits.ts";

const DAY_SECONDS = 24 * 60 * 60;

const userName = z.string().trim().min(1).max(200);

export interface AuthSurroundings {
  config: WebConfig;
  storage: Storage<unknown>;
  limits: RateLimits;
  log: Log;
  /** The request header that holds the client's address, which no client can choose. */
  clientAddressHeader: string;
}

export type Auth = ReturnType<typeof createAuth>;

export function createAuth({
  config,
  storage,
  limits,
  log,
  clientAddressHeader,
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
