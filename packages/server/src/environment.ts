import * as z from "zod";

/** As `process.env` has them. */
export type Variables = Record<string, string | undefined>;

/** What a variable must be, in the words of the message that refuses anything else. */
const must = (wanted: string) => ({ wanted });
/** The message does not repeat what may hold a secret. */
const mustInSecret = (wanted: string) => ({ wanted, isSecret: true });

const port = z
  .string()
  .regex(/^\d{1,5}$/)
  .transform(Number)
  .refine((value) => value <= 65_535);

/** An address of which nothing, such as a path or a password, is dropped without a word. */
const httpOrigin = z
  .string()
  .refine((value) => /^https?:\/\/[^/?#@]+\/?$/.test(value) && URL.canParse(value))
  .transform((value) => new URL(value).origin);

/** Some libraries read a `*` in an origin as a pattern. */
const exactOrigin = z
  .string()
  .refine((value) => URL.parse(value)?.origin === value && !value.includes("*"));

/** Better Auth's own fallback and the placeholder of `.env.example`: everyone knows them. */
const knownSecrets = [
  "better-auth-secret-12345678901234567890",
  "replace-me-with-at-least-32-random-characters",
];

const tokenKey = z
  .string()
  // 32 bytes have this one spelling: the last of 43 characters holds four bits.
  .regex(/^[\w-]{42}[AEIMQUYcgkosw048]$/)
  .transform((text) => Buffer.from(text, "base64url"));

const logLevels = ["fatal", "error", "warn", "info", "debug", "trace", "silent"] as const;

/** Every variable that a server reads, defined once, so that two servers read it alike. */
export const variable = {
  WEB_PORT: port.default(3000).meta(must("a port number from 0 to 65535")),
  API_PORT: port.default(8000).meta(must("a port number from 0 to 65535")),
  METRICS_PORT: port.optional().meta(must("a port number from 0 to 65535")),
  HOST: z.string().default("localhost").meta(must("a host name or address")),
  DATA_DIR: z.string().default(".data").meta(must("a folder")),
  DATABASE_URL: z
    .url({ protocol: /^postgres(ql)?$/ })
    .optional()
    .meta(mustInSecret("an address such as postgresql://user:password@host:5432/database")),
  REDIS_URL: z
    .url({ protocol: /^rediss?$/ })
    // The path is the number of a database, if anything.
    .refine((value) => /^\/?\d*$/.test(new URL(value).pathname))
    .optional()
    .meta(mustInSecret("an address such as redis://localhost:6379")),
  TRUSTED_PROXIES: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .pipe(z.array(z.union([z.cidrv4(), z.cidrv6(), z.ipv4(), z.ipv6()])))
    .optional()
    .meta(must("addresses and networks separated by commas, such as 127.0.0.1,10.0.0.0/8")),
  AUTH_MODE: z.enum(["session", "jwt"]).default("session").meta(must("session or jwt")),
  TOKEN_KEY_DERIVATION: z.enum(["none", "hkdf"]).default("none").meta(must("none or hkdf")),
  TOKEN_KEY_VERSION: z
    .string()
    .regex(/^[1-9]\d{0,5}$/)
    .default("1")
    .transform(Number)
    .meta(must("a whole number, 1 or above")),
  BETTER_AUTH_URL: httpOrigin
    .optional()
    .meta(must("the web app's address without a path, such as http://localhost:3000")),
  API_URL: httpOrigin
    .optional()
    .meta(must("the api's address without a path, such as http://localhost:8000")),
  COOKIE_DOMAIN: z
    .string()
    .regex(/^[a-z0-9-]+(\.[a-z0-9-]+)+$/)
    .optional()
    .meta(must("the domain that web and api share, such as example.com")),
  TRUSTED_ORIGINS: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .pipe(z.array(exactOrigin))
    .optional()
    .meta(must("origins separated by commas, such as https://app.example.com")),
  LOG_LEVEL: z
    .enum(logLevels)
    .default("info")
    .meta(must(logLevels.join(", "))),
  AUTH_INTERNAL_URL: httpOrigin
    .optional()
    .meta(mustInSecret("an address without a path, such as http://localhost:3000")),
  BETTER_AUTH_SECRET: z
    .string()
    .min(32)
    .refine((value) => value === value.trim() && !knownSecrets.includes(value))
    .meta(
      mustInSecret(
        "at least 32 random characters without white space around them, e.g. from: openssl rand -base64 32",
      ),
    ),
  SALLYPORT_SERVICE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/)
    .meta(mustInSecret("the key that npm run service-key prints")),
  SALLYPORT_TOKEN_KEY: z
    .string()
    .transform((list) => list.split(",").map((entry) => entry.trim()))
    .pipe(z.array(tokenKey))
    .meta(mustInSecret("the key that npm run token-key prints, or several separated by commas")),
};

/** How the api recognises a user: by a look-up of the session cookie, or by a token of its own. */
export type AuthMode = z.output<typeof variable.AUTH_MODE>;

/**
 * Parses the environment; an empty variable is one that is not set. Throws on the first mistake, in
 * one line that names the variable, what was found and what is wanted.
 */
export function readEnvironment<Shape extends z.ZodRawShape>(
  server: string,
  environment: z.ZodObject<Shape>,
  variables: Variables,
): z.output<z.ZodObject<Shape>> {
  const isSet = Object.entries(variables).filter(([, value]) => value !== "");
  const result = environment.safeParse(Object.fromEntries(isSet));
  if (result.success) return result.data;

  const name = String(result.error.issues[0]?.path[0]);
  const type = environment.shape[name];
  const { wanted, isSecret } = (type && z.globalRegistry.get(type)) ?? {};
  const value = variables[name];
  const found = !value ? "nothing" : isSecret ? "something else" : JSON.stringify(value);
  throw new Error(`Cannot start the ${server}: ${name} must be ${wanted}, found ${found}.`);
}
