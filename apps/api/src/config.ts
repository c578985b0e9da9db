import { join } from "node:path";
import * as z from "zod";

export interface ApiConfig {
  host: string;
  port: number;
  /** The folder of the api's embedded database. */
  dataFolder: string;
  databaseUrl: string | undefined;
  /** The public address of the api. */
  publicUrl: string;
  /** Better Auth's public address; its scheme decides the session cookie's name. */
  authUrl: string;
  /** Where this process reaches Better Auth. */
  authInternalUrl: string;
  /** Origins whose pages may call the api. */
  trustedOrigins: string[];
  serviceKey: string;
  logLevel: string;
}

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

/** An origin, so that nothing of it, such as a path or a password, is dropped without a word. */
const httpUrl = z
  .string()
  .refine((value) => /^https?:\/\/[^/?#@]+\/?$/.test(value) && URL.canParse(value))
  .transform((value) => new URL(value).origin);
const origin = z.string().refine((value) => URL.parse(value)?.origin === value);

/** What each variable must be, in the words of the message that refuses anything else. */
const environment = z.object({
  API_PORT: port.default(8000),
  WEB_PORT: port.default(3000),
  HOST: z.string().default("localhost"),
  DATA_DIR: z.string().default(".data"),
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  AUTH_MODE: z.literal("session").default("session"),
  BETTER_AUTH_URL: httpUrl.optional(),
  AUTH_INTERNAL_URL: httpUrl.optional(),
  API_URL: httpUrl.optional(),
  TRUSTED_ORIGINS: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .pipe(z.array(origin))
    .optional(),
  SALLYPORT_SERVICE_KEY: z.string().regex(/^[\w-]{43}$/),
  LOG_LEVEL: z.enum(["fatal", "error", "warn", "info", "debug", "trace", "silent"]).default("info"),
});

const wanted = {
  API_PORT: "a port number from 0 to 65535",
  WEB_PORT: "a port number from 0 to 65535",
  HOST: "a host name or address",
  DATA_DIR: "a folder",
  DATABASE_URL: "an address such as postgresql://user:password@host:5432/database",
  AUTH_MODE: "session",
  BETTER_AUTH_URL: "the web app's address without a path, such as http://localhost:3000",
  AUTH_INTERNAL_URL: "an address without a path, such as http://localhost:3000",
  API_URL: "the api's public address without a path, such as http://localhost:8000",
  TRUSTED_ORIGINS: "origins separated by commas, such as https://app.example.com",
  SALLYPORT_SERVICE_KEY: "the key that npm run service-key prints",
  LOG_LEVEL: "fatal, error, warn, info, debug, trace or silent",
} satisfies Record<keyof z.output<typeof environment>, string>;

/** These may hold a secret, so a message does not repeat them. */
const secret = new Set([
  "DATABASE_URL",
  "SALLYPORT_SERVICE_KEY",

  "AUTH_INTERNAL_URL",
]);

/** Reads the environment; an empty variable is one that is not set. Throws on the first mistake. */
export function readConfig(variables: Record<string, string | undefined>): ApiConfig {
  const isSet = Object.entries(variables).filter(([, value]) => value !== "");
  const result = environment.safeParse(Object.fromEntries(isSet));
  if (!result.success) throw new Error(explain(result.error, variables));
  const env = result.data;
  const authUrl = env.BETTER_AUTH_URL ?? `http://localhost:${env.WEB_PORT}`;
  return {
    host: env.HOST,
    port: env.API_PORT,
    dataFolder: join(env.DATA_DIR, "api"),
    databaseUrl: env.DATABASE_URL,
    publicUrl: env.API_URL ?? `http://localhost:${env.API_PORT}`,
    authUrl,
    authInternalUrl: env.AUTH_INTERNAL_URL ?? authUrl,
    trustedOrigins: env.TRUSTED_ORIGINS ?? [new URL(authUrl).origin],
    serviceKey: env.SALLYPORT_SERVICE_KEY,
    logLevel: env.LOG_LEVEL,
  };
}

function explain(error: z.ZodError, variables: Record<string, string | undefined>): string {
  const name = error.issues[0]?.path[0];
  if (typeof name !== "string" || !(name in wanted)) throw error;
  const value = variables[name];
  const found = !value ? "nothing" : secret.has(name) ? "something else" : JSON.stringify(value);
  const want = Object.entries(wanted).find(([key]) => key === name)?.[1];
  return `Cannot start the api: ${name} must be ${want}, found ${found}.`;
}
