import { join } from "node:path";
import * as z from "zod";

export interface WebConfig {
  host: string;
  port: number;
  /** The folder of the web app's embedded database. */
  dataFolder: string;
  databaseUrl: string | undefined;
  secret: string;
  /** The public origin of this app. */
  publicUrl: string;
  /** The api's public origin. */
  apiUrl: string;
  /** Sends the session cookie to all hosts of this domain; to this app's host alone when unset. */
  cookieDomain: string | undefined;
  /** Origins whose pages may call Better Auth. */
  trustedOrigins: string[];
  logLevel: string;
}

/** Better Auth's own fallback and the placeholder of `.env.example`: everyone knows them. */
const knownSecrets = [
  "better-auth-secret-12345678901234567890",
  "replace-me-with-at-least-32-random-characters",
];

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

/** Better Auth reads a `*` in a trusted origin as a pattern. */
const origin = z
  .string()
  .refine((value) => URL.parse(value)?.origin === value && !value.includes("*"));

const publicUrl = z
  .url({ protocol: /^https?$/ })
  .refine((value) => [new URL(value).origin, `${new URL(value).origin}/`].includes(value))
  .transform((value) => new URL(value).origin);

/** What each variable must be, in the words of the message that refuses anything else. */
const environment = z.object({
  WEB_PORT: port.default(3000),
  API_PORT: port.default(8000),
  HOST: z.string().default("localhost"),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  AUTH_MODE: z.literal("session").default("session"),
  BETTER_AUTH_SECRET: z
    .string()
    .min(32)
    .refine((value) => value === value.trim() && !knownSecrets.includes(value)),
  BETTER_AUTH_URL: publicUrl.optional(),
  API_URL: publicUrl.optional(),
  COOKIE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    .optional(),
  TRUSTED_ORIGINS: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .pipe(z.array(origin))
    .optional(),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

const wanted = {
  WEB_PORT: "a port number from 0 to 65535",
  API_PORT: "a port number from 0 to 65535",
  HOST: "a host name or address",
  DATA_DIR: "a folder",
  DATABASE_URL: "an address such as postgresql://user:password@host:5432/database",
  AUTH_MODE: "session",
  BETTER_AUTH_SECRET:
    "at least 32 random characters without white space around them, e.g. from: openssl rand -base64 32",
  BETTER_AUTH_URL: "the web app's address without a path, such as http://localhost:3000",
  API_URL: "the api's address without a path, such as http://localhost:8000",
  COOKIE_DOMAIN: "the domain that web and api share, such as example.com",
  TRUSTED_ORIGINS: "origins separated by commas, such as https://app.example.com",
  LOG_LEVEL: "fatal, error, warn, info, debug, trace or silent",
} satisfies Record<keyof z.output<typeof environment>, string>;

/** These may hold a secret, so a message does not repeat them. */
const secret = new Set(["DATABASE_URL", "BETTER_AUTH_SECRET"]);

type Variables = Record<string, string | undefined>;

/** Reads the environment; an empty variable is one that is not set. Throws on the first mistake. */
export function readConfig(variables: Variables): WebConfig {
  const set = Object.fromEntries(Object.entries(variables).filter(([, value]) => value !== ""));
  refuseOtherBetterAuthVariables(set);
  const result = environment.safeParse(set);
  if (!result.success) throw new Error(explain(result.error, set));
  const env = result.data;
  const config: WebConfig = {
    host: env.HOST,
    port: env.WEB_PORT,
    dataFolder: join(env.DATA_DIR, "web"),
    databaseUrl: env.DATABASE_URL,
    secret: env.BETTER_AUTH_SECRET,
    publicUrl: env.BETTER_AUTH_URL ?? `http://localhost:${env.WEB_PORT}`,
    apiUrl: env.API_URL ?? `http://localhost:${env.API_PORT}`,
    cookieDomain: env.COOKIE_DOMAIN,
    trustedOrigins: [],
    logLevel: env.LOG_LEVEL,
  };
  config.trustedOrigins = env.TRUSTED_ORIGINS ?? [config.publicUrl];
  requireCookieToReachApi(config);
  return config;
}

/** Better Auth reads more of the environment by itself, past these checks. */
function refuseOtherBetterAuthVariables(set: Variables): void {
  const name = Object.keys(set).find((key) => key.startsWith("BETTER_AUTH_") && !(key in wanted));
  if (name !== undefined) {
    throw new Error(`Cannot start the web app: ${name} is not a setting of this app; remove it.`);
  }
}

/** The api sees a session only if the browser sends it this app's cookie (RFC 6265 5.1.3, 5.4). */
function requireCookieToReachApi({ publicUrl, apiUrl, cookieDomain }: WebConfig): void {
  const [web, api] = [new URL(publicUrl), new URL(apiUrl)];
  const where = `BETTER_AUTH_URL ${publicUrl} and API_URL ${apiUrl}`;
  if (web.protocol !== api.protocol) {
    throw new Error(
      `Cannot start the web app: ${where} must both be http or both https, or the session cookie never reaches the api.`,
    );
  }
  const isCovered = ({ hostname }: URL) =>
    hostname === cookieDomain || hostname.endsWith(`.${cookieDomain}`);
  if (cookieDomain === undefined ? web.hostname !== api.hostname : !isCovered(web)) {
    throw new Error(
      cookieDomain === undefined
        ? `Cannot start the web app: the session cookie of ${web.hostname} never reaches ${api.hostname}; give ${where} the same host name (localhost and 127.0.0.1 are two), or set COOKIE_DOMAIN to a domain above both.`
        : `Cannot start the web app: COOKIE_DOMAIN ${cookieDomain} does not cover ${web.hostname}; set it to a domain above BETTER_AUTH_URL and API_URL.`,
    );
  }
  if (cookieDomain !== undefined && !isCovered(api)) {
    throw new Error(
      `Cannot start the web app: COOKIE_DOMAIN ${cookieDomain} does not cover ${api.hostname}; set it to a domain above BETTER_AUTH_URL and API_URL.`,
    );
  }
}

function explain(error: z.ZodError, variables: Variables): string {
  const name = error.issues[0]?.path[0];
  if (typeof name !== "string" || !(name in wanted)) throw error;
  const value = variables[name];
  const found = !value ? "nothing" : secret.has(name) ? "something else" : JSON.stringify(value);
  const want = Object.entries(wanted).find(([key]) => key === name)?.[1];
  return `Cannot start the web app: ${name} must be ${want}; found ${found}.`;
}
