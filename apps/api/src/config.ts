import { join } from "node:path";
import {
  readEnvironment,
  refuseInsecureProduction,
  requireCookieToReachApi,
  type Variables,
  variable,
} from "@sallyport/server";
import * as z from "zod";

export interface ApiConfig {
  host: string;
  port: number;
  /** Where metrics are served; nowhere when undefined. */
  metricsPort: number | undefined;
  /** The folder of the api's embedded database. */
  dataFolder: string;
  databaseUrl: string | undefined;
  /** The public origin of the api. */
  publicUrl: string;
  /** Better Auth's public origin: its scheme decides the session cookie's name, and it issues the tokens. */
  authUrl: string;
  authentication: SessionSettings | TokenSettings;
  /** Origins whose pages may call the api. */
  trustedOrigins: string[];
  logLevel: string;
}

interface SessionSettings {
  mode: "session";
  /** Where this process reaches Better Auth. */
  authInternalUrl: string;
  serviceKey: string;
}

interface TokenSettings {
  mode: "jwt";
  /** The shared secret, or the key derived from it; several while keys rotate. */
  secret: string | Uint8Array[];
}

const environment = z.object({
  API_PORT: variable.API_PORT,
  WEB_PORT: variable.WEB_PORT,
  METRICS_PORT: variable.METRICS_PORT,
  HOST: variable.HOST,
  DATA_DIR: variable.DATA_DIR,
  DATABASE_URL: variable.DATABASE_URL,
  AUTH_MODE: variable.AUTH_MODE,
  BETTER_AUTH_URL: variable.BETTER_AUTH_URL,
  API_URL: variable.API_URL,
  TRUSTED_ORIGINS: variable.TRUSTED_ORIGINS,
  LOG_LEVEL: variable.LOG_LEVEL,
});

const sessionEnvironment = z.object({
  AUTH_INTERNAL_URL: variable.AUTH_INTERNAL_URL,
  COOKIE_DOMAIN: variable.COOKIE_DOMAIN,
  SALLYPORT_SERVICE_KEY: variable.SALLYPORT_SERVICE_KEY,
});
const tokenEnvironment = z.object({ TOKEN_KEY_DERIVATION: variable.TOKEN_KEY_DERIVATION });
const secretEnvironment = z.object({ BETTER_AUTH_SECRET: variable.BETTER_AUTH_SECRET });
const tokenKeyEnvironment = z.object({ SALLYPORT_TOKEN_KEY: variable.SALLYPORT_TOKEN_KEY });

/** Throws on the first thing that cannot work; in production, on all that is not secure. */
export function readConfig(variables: Variables): ApiConfig {
  const env = readEnvironment("api", environment, variables);
  const authUrl = env.BETTER_AUTH_URL ?? `http://localhost:${env.WEB_PORT}`;
  const publicUrl = env.API_URL ?? `http://localhost:${env.API_PORT}`;
  const trustedOrigins = env.TRUSTED_ORIGINS ?? [authUrl];
  if (variables.NODE_ENV === "production") {
    refuseInsecureProduction("api", {
      host: env.HOST,
      publicUrlVariable: "API_URL",
      webUrl: authUrl,
      apiUrl: publicUrl,
      trustedOrigins,
      databaseUrl: env.DATABASE_URL,
      secret: variables.BETTER_AUTH_SECRET,
    });
  }
  return {
    host: env.HOST,
    port: env.API_PORT,
    metricsPort: env.METRICS_PORT,
    dataFolder: join(env.DATA_DIR, "api"),
    databaseUrl: env.DATABASE_URL,
    publicUrl,
    authUrl,
    authentication:
      env.AUTH_MODE === "jwt"
        ? readTokenSettings(variables)
        : readSessionSettings(variables, { authUrl, publicUrl }),
    trustedOrigins,
    logLevel: env.LOG_LEVEL,
  };
}

function readSessionSettings(
  variables: Variables,
  { authUrl, publicUrl }: { authUrl: string; publicUrl: string },
): SessionSettings {
  refuseSecret(variables, "AUTH_MODE session");
  const env = readEnvironment("api", sessionEnvironment, variables);
  requireCookieToReachApi("api", {
    webUrl: authUrl,
    apiUrl: publicUrl,
    cookieDomain: env.COOKIE_DOMAIN,
  });
  return {
    mode: "session",
    authInternalUrl: env.AUTH_INTERNAL_URL ?? authUrl,
    serviceKey: env.SALLYPORT_SERVICE_KEY,
  };
}

function readTokenSettings(variables: Variables): TokenSettings {
  const { TOKEN_KEY_DERIVATION } = readEnvironment("api", tokenEnvironment, variables);
  if (TOKEN_KEY_DERIVATION === "none") {
    if (variables.SALLYPORT_TOKEN_KEY) {
      throw new Error(
        "Cannot start the api: SALLYPORT_TOKEN_KEY counts only with TOKEN_KEY_DERIVATION=hkdf; set that for both servers, or remove the key.",
      );
    }
    const { BETTER_AUTH_SECRET } = readEnvironment("api", secretEnvironment, variables);
    return { mode: "jwt", secret: BETTER_AUTH_SECRET };
  }
  refuseSecret(variables, "TOKEN_KEY_DERIVATION hkdf");
  const { SALLYPORT_TOKEN_KEY } = readEnvironment("api", tokenKeyEnvironment, variables);
  return { mode: "jwt", secret: SALLYPORT_TOKEN_KEY };
}

/** Whoever holds the secret can forge sessions: an api that can do without it must not have it. */
function refuseSecret({ BETTER_AUTH_SECRET }: Variables, setting: string): void {
  if (!BETTER_AUTH_SECRET) return;
  throw new Error(
    `Cannot start the api: with ${setting} it must not hold BETTER_AUTH_SECRET; remove it.`,
  );
}
