import { join } from "node:path";
import {
  type AuthMode,
  readEnvironment,
  refuseInsecureProduction,
  requireCookieToReachApi,
  type Variables,
  variable,
} from "@sallyport/server";
import * as z from "zod";

export interface WebConfig {
  isProduction: boolean;
  host: string;
  port: number;
  /** The folder of the web app's embedded database. */
  dataFolder: string;
  databaseUrl: string | undefined;
  redisUrl: string | undefined;
  secret: string;
  authMode: AuthMode;
  /** What signs tokens: the secret itself, or a key derived from it. */
  tokenKeyDerivation: "none" | "hkdf";
  /** Which of the derived keys. */
  tokenKeyVersion: number;
  /** The public origin of this app. */
  publicUrl: string;
  /** The api's public origin. */
  apiUrl: string;
  /** Sends the session cookie to all hosts of this domain; to this app's host alone when unset. */
  cookieDomain: string | undefined;
  /** Origins whose pages may call Better Auth. */
  trustedOrigins: string[];
  /** Addresses and networks whose word counts on where a request comes from. */
  trustedProxies: string[];
  logLevel: string;
}

const environment = z.object({
  WEB_PORT: variable.WEB_PORT,
  API_PORT: variable.API_PORT,
  HOST: variable.HOST,
  DATA_DIR: variable.DATA_DIR,
  DATABASE_URL: variable.DATABASE_URL,
  REDIS_URL: variable.REDIS_URL,
  AUTH_MODE: variable.AUTH_MODE,
  TOKEN_KEY_DERIVATION: variable.TOKEN_KEY_DERIVATION,
  TOKEN_KEY_VERSION: variable.TOKEN_KEY_VERSION,
  BETTER_AUTH_SECRET: variable.BETTER_AUTH_SECRET,
  BETTER_AUTH_URL: variable.BETTER_AUTH_URL,
  API_URL: variable.API_URL,
  COOKIE_DOMAIN: variable.COOKIE_DOMAIN,
  TRUSTED_ORIGINS: variable.TRUSTED_ORIGINS,
  TRUSTED_PROXIES: variable.TRUSTED_PROXIES,
  LOG_LEVEL: variable.LOG_LEVEL,
});

/** Throws on the first thing that cannot work; in production, on all that is not secure. */
export function readConfig(variables: Variables): WebConfig {
  refuseOtherBetterAuthVariables(variables);
  const env = readEnvironment("web app", environment, variables);
  const publicUrl = env.BETTER_AUTH_URL ?? `http://localhost:${env.WEB_PORT}`;
  const apiUrl = env.API_URL ?? `http://localhost:${env.API_PORT}`;
  const cookieDomain = env.COOKIE_DOMAIN;
  const trustedOrigins = env.TRUSTED_ORIGINS ?? [publicUrl];
  const trustedProxies = env.TRUSTED_PROXIES ?? [];
  const isProduction = variables.NODE_ENV === "production";
  if (isProduction) {
    refuseInsecureProduction("web app", {
      host: env.HOST,
      publicUrlVariable: "BETTER_AUTH_URL",
      webUrl: publicUrl,
      apiUrl,
      trustedOrigins,
      databaseUrl: env.DATABASE_URL,
      redisUrl: env.REDIS_URL,
      trustedProxies,
      secret: env.BETTER_AUTH_SECRET,
    });
  }
  if (env.AUTH_MODE === "session") {
    requireCookieToReachApi("web app", { webUrl: publicUrl, apiUrl, cookieDomain });
  }
  return {
    isProduction,
    host: env.HOST,
    port: env.WEB_PORT,
    dataFolder: join(env.DATA_DIR, "web"),
    databaseUrl: env.DATABASE_URL,
    redisUrl: env.REDIS_URL,
    secret: env.BETTER_AUTH_SECRET,
    authMode: env.AUTH_MODE,
    tokenKeyDerivation: env.TOKEN_KEY_DERIVATION,
    tokenKeyVersion: env.TOKEN_KEY_VERSION,
    publicUrl,
    apiUrl,
    cookieDomain,
    trustedOrigins,
    trustedProxies,
    logLevel: env.LOG_LEVEL,
  };
}

/** Better Auth reads more of the environment by itself, past these checks. */
function refuseOtherBetterAuthVariables(variables: Variables): void {
  const name = Object.keys(variables).find(
    (key) => key.startsWith("BETTER_AUTH_") && variables[key] && !(key in environment.shape),
  );
  if (name !== undefined) {
    throw new Error(`Cannot start the web app: ${name} is not a setting of this app; remove it.`);
  }
}
