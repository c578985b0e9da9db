import { join } from "node:path";
import {
  readEnvironment,
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
  /** Better Auth's public origin; its scheme decides the session cookie's name. */
  authUrl: string;
  /** Where this process reaches Better Auth. */
  authInternalUrl: string;
  /** Origins whose pages may call the api. */
  trustedOrigins: string[];
  serviceKey: string;
  logLevel: string;
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
  AUTH_INTERNAL_URL: variable.AUTH_INTERNAL_URL,
  API_URL: variable.API_URL,
  COOKIE_DOMAIN: variable.COOKIE_DOMAIN,
  TRUSTED_ORIGINS: variable.TRUSTED_ORIGINS,
  SALLYPORT_SERVICE_KEY: variable.SALLYPORT_SERVICE_KEY,
  LOG_LEVEL: variable.LOG_LEVEL,
});

/** Throws on the first thing that cannot work. */
export function readConfig(variables: Variables): ApiConfig {
  const env = readEnvironment("api", environment, variables);
  const authUrl = env.BETTER_AUTH_URL ?? `http://localhost:${env.WEB_PORT}`;
  const publicUrl = env.API_URL ?? `http://localhost:${env.API_PORT}`;
  requireCookieToReachApi("api", {
    webUrl: authUrl,
    apiUrl: publicUrl,
    cookieDomain: env.COOKIE_DOMAIN,
  });
  return {
    host: env.HOST,
    port: env.API_PORT,
    metricsPort: env.METRICS_PORT,
    dataFolder: join(env.DATA_DIR, "api"),
    databaseUrl: env.DATABASE_URL,
    publicUrl,
    authUrl,
    authInternalUrl: env.AUTH_INTERNAL_URL ?? authUrl,
    trustedOrigins: env.TRUSTED_ORIGINS ?? [authUrl],
    serviceKey: env.SALLYPORT_SERVICE_KEY,
    logLevel: env.LOG_LEVEL,
  };
}
