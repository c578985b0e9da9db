import { createPrivateKey, type KeyObject } from "node:crypto";
import * as z from "zod";
import { isHttpAddress, parseCommandLine } from "../command-line.ts";
import { UsageError } from "../usage-error.ts";
import { createPathRules, type PathRules } from "./path-rules.ts";

export const gatewayHelp = `Usage: sallyport gateway --auth-url URL [options]

Asks Better Auth about each request, for a backend in any language. Without --upstream it answers
a proxy that asks (nginx auth_request, Caddy and Traefik forward_auth) at /forward-auth; with it,
it is the proxy. Each needs a session, but for what --public names.

  --auth-url URL           where Better Auth is, base path included: http://localhost:3000/api/auth
  --owner PATTERN          whose data a path holds: '/api/{user_id}/**'; may be repeated
  --public [METHOD ]PATTERN  a path for everyone, GET and HEAD unless a method is named; repeatable
  --mode session|jwt       the session cookie (default), or Authorization: Bearer
  --upstream URL           be the proxy of this backend: http://127.0.0.1:9000
  --host, --port           where to listen (127.0.0.1, 4180)
  --trusted-origin ORIGIN  whose pages may make changes (default: that of --auth-url); repeatable
  --cookie-name NAME       the session cookie's full name, if it is another than --auth-url tells
  --audience TEXT          aud of the assertions ("backend"), and of the tokens that --mode jwt takes
  --issuer TEXT            iss of those tokens (default: the origin of --auth-url)
  --jwks                   those tokens are of Better Auth's jwt plugin, by the keys it publishes
  --deadline-ms NUMBER     for asking Better Auth, its retry included: 1 to 5000 (1000)

In the environment, because they are secret:
  SALLYPORT_SERVICE_KEY    Better Auth's rate limit lets its holder ask, and in batches
  SALLYPORT_TOKEN_KEY, or BETTER_AUTH_SECRET   for --mode jwt without --jwks
  SALLYPORT_ASSERTION_KEY  signs assertions: openssl genpkey -algorithm ed25519 -outform DER | base64
                           Without it a key is made at each start; several instances need one.
`;

/** What a value must be, in the words of the message that refuses any other. */
const must = (wanted: string) => ({ wanted });

/** Without a path: what is asked for is the request's to say. */
const upstream = z
  .string()
  .refine((value) => isHttpAddress(value) && new URL(value).pathname === "/")
  .transform((value) => new URL(value));

const tokenKeys = z
  .string()
  .transform((list) => list.split(",").map((entry) => entry.trim()))
  .pipe(z.array(z.string().regex(/^[\w-]{43}$/)))
  .transform((entries) => entries.map((entry) => Buffer.from(entry, "base64url")));

const assertionKey = z.string().transform((text, context): KeyObject => {
  try {
    const key = createPrivateKey({
      key: Buffer.from(text, "base64"),
      format: "der",
      type: "pkcs8",
    });
    if (key.asymmetricKeyType === "ed25519") return key;
  } catch {}
  context.addIssue("no key");
  return z.NEVER;
});

const wholeNumber = (from: number, to: number) =>
  z
    .string()
    .regex(/^\d{1,5}$/)
    .transform(Number)
    .refine((value) => value >= from && value <= to);

const shape = {
  "auth-url": z
    .string()
    .refine(isHttpAddress)
    .meta(must("Better Auth's address with its base path, such as http://localhost:3000/api/auth")),
  owner: z.array(z.string()).default([]).meta(must("a pattern")),
  public: z.array(z.string()).default([]).meta(must("a pattern")),
  mode: z.enum(["session", "jwt"]).default("session").meta(must("session or jwt")),
  upstream: upstream
    .optional()
    .meta(must("an address without a path, such as http://127.0.0.1:9000")),
  host: z.string().min(1).default("127.0.0.1").meta(must("a host name or address")),
  port: wholeNumber(0, 65_535).default(4180).meta(must("a port number from 0 to 65535")),
  "trusted-origin": z
    .array(z.string().refine((value) => URL.parse(value)?.origin === value))
    .optional()
    .meta(must("an origin such as https://app.example.com")),
  "cookie-name": z
    .string()
    .regex(/^[\w!#$%&'*+.^`|~-]+$/)
    .optional()
    .meta(must("a cookie's name")),
  audience: z.string().min(1).optional().meta(must("a text")),
  issuer: z.string().min(1).optional().meta(must("a text")),
  jwks: z.boolean().default(false).meta(must("no value")),
  "deadline-ms": wholeNumber(1, 5_000).default(1_000).meta(must("a whole number from 1 to 5000")),
  SALLYPORT_SERVICE_KEY: z
    .string()
    .regex(/^[\w-]{43}$/)
    .optional()
    .meta(must("a key made by deriveServiceKey")),
  SALLYPORT_TOKEN_KEY: tokenKeys
    .optional()
    .meta(must("a key made by deriveTokenKey, in base64url, or several separated by commas")),
  BETTER_AUTH_SECRET: z.string().min(32).optional().meta(must("at least 32 characters")),
  SALLYPORT_ASSERTION_KEY: assertionKey
    .optional()
    .meta(must("an Ed25519 private key as PKCS #8 DER in base64")),
};
const settings = z.object(shape);

export interface GatewayConfig {
  authUrl: string;
  host: string;
  port: number;
  rules: PathRules;
  upstream: URL | undefined;
  trustedOrigins: readonly string[];
  cookieName: string;
  deadlineMs: number;
  serviceKey: string | undefined;
  /** Undefined: sessions. */
  tokens: TokenConfig | undefined;
  assertion: { privateKey: KeyObject | undefined; audience: string };
}

interface TokenConfig {
  issuer: string;
  audience: string;
  keys: { secret: string | readonly Uint8Array[] } | { jwksUrl: string };
}

const options = {
  help: { type: "boolean", short: "h" },
  "auth-url": { type: "string" },
  owner: { type: "string", multiple: true },
  public: { type: "string", multiple: true },
  mode: { type: "string" },
  upstream: { type: "string" },
  host: { type: "string" },
  port: { type: "string" },
  "trusted-origin": { type: "string", multiple: true },
  "cookie-name": { type: "string" },
  audience: { type: "string" },
  issuer: { type: "string" },
  jwks: { type: "boolean" },
  "deadline-ms": { type: "string" },
} as const;

/** Undefined when help is asked for. Throws a `UsageError` that names the first mistake. */
export function readGatewayConfig(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): GatewayConfig | undefined {
  const { help, ...values } = parseCommandLine(args, options);
  if (help) return undefined;
  // An empty variable is one that is not set.
  const variables = Object.entries(env).filter(([name, value]) => isSecret(name) && value !== "");
  const given = parseSettings({ ...Object.fromEntries(variables), ...values });
  const authUrl = given["auth-url"].replace(/\/+$/, "");
  const { origin, protocol } = new URL(authUrl);
  const { audience, mode } = given;
  return {
    authUrl,
    host: given.host,
    port: given.port,
    rules: createPathRules(given),
    upstream: given.upstream,
    trustedOrigins: given["trusted-origin"] ?? [origin],
    cookieName:
      given["cookie-name"] ??
      `${protocol === "https:" ? "__Secure-" : ""}better-auth.session_token`,
    deadlineMs: given["deadline-ms"],
    serviceKey: given.SALLYPORT_SERVICE_KEY,
    tokens: mode === "jwt" ? tokenConfig(given, { authUrl, origin }) : undefined,
    assertion: {
      privateKey: given.SALLYPORT_ASSERTION_KEY,
      audience: audience ?? "backend",
    },
  };
}

function tokenConfig(
  given: z.output<typeof settings>,
  { authUrl, origin }: { authUrl: string; origin: string },
): TokenConfig {
  const { audience, issuer = origin } = given;
  if (audience === undefined) {
    throw new UsageError(
      "--mode jwt needs --audience, the tokens' aud: the backend's public origin",
    );
  }
  const secret = given.SALLYPORT_TOKEN_KEY ?? given.BETTER_AUTH_SECRET;
  if (given.jwks) return { issuer, audience, keys: { jwksUrl: `${authUrl}/jwks` } };
  if (secret !== undefined) return { issuer, audience, keys: { secret } };
  throw new UsageError(
    "--mode jwt needs SALLYPORT_TOKEN_KEY or BETTER_AUTH_SECRET in the environment, or --jwks",
  );
}

function parseSettings(values: Record<string, unknown>): z.output<typeof settings> {
  const result = settings.safeParse(values);
  if (result.success) return result.data;
  const [key, index] = result.error.issues[0]?.path ?? [];
  const name = String(key);
  const type = Object.entries(shape).find(([option]) => option === name)?.[1];
  const { wanted } = (type && z.globalRegistry.get(type)) ?? {};
  const value = values[name];
  const one = Array.isArray(value) && typeof index === "number" ? value[index] : value;
  const found = one === undefined ? "nothing" : JSON.stringify(one);
  throw new UsageError(
    isSecret(name)
      ? `${name} must be ${wanted}, found something else`
      : `--${name} must be ${wanted}, found ${found}`,
  );
}

/** Of the environment, that is, and never repeated. */
function isSecret(name: string): boolean {
  return /^[A-Z]/.test(name) && Object.hasOwn(shape, name);
}
