import { describeError, type Log } from "@sallyport/server";
import type { Storage } from "@sallyport/storage";
import { betterAuth } from "better-auth";
import { createAuthMiddleware } from "better-auth/api";
import { sallyport } from "sallyport/better-auth";
import type { WebConfig } from "../config.ts";

const DAY_SECONDS = 24 * 60 * 60;

export interface AuthSurroundings {
  config: WebConfig;
  storage: Storage<unknown>;
  log: Log;
  /** The request header that holds the client's address, which no client can choose. */
  clientAddressHeader: string;
}

export type Auth = ReturnType<typeof createAuth>;

export function createAuth({ config, storage, log, clientAddressHeader }: AuthSurroundings) {
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
    rateLimit: { enabled: true, storage: "memory" },
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
      before: createAuthMiddleware(async (context) => {
        if (context.path !== "/sign-out") return;
        // Better Auth's own sign-out answers 200 even when storage failed to delete the session;
        // deleted here, a failure is one.
        const { name } = context.context.authCookies.sessionToken;
        const token = await context.getSignedCookie(name, context.context.secret);
        if (!token) return;
        await context.context.adapter.deleteMany({
          model: "session",
          where: [{ field: "token", value: token }],
        });
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
      sallyport({
        token:
          config.authMode === "jwt"
            ? { audience: config.apiUrl, keyDerivation: config.tokenKeyDerivation }
            : undefined,
      }),
    ],
  });
}
