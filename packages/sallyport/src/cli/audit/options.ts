import { createSecretKey, type KeyObject } from "node:crypto";
import * as z from "zod";
import { isHttpAddress, parseCommandLine } from "../command-line.ts";
import { UsageError } from "../usage-error.ts";
import { type Identity, parseIdentities } from "./identities.ts";
import { namesItem, namesOwner } from "./routes.ts";

export const auditHelp = `Usage: sallyport audit --api-url URL --auth-url URL [options]

Signs two users up with Better Auth and tries, as one of them and as nobody, to read and change
what is the other's, in some hundred ways; says what it proved, and cleans up. Run it against
systems of your own, best a copy without real data. Ends with 0 if nothing is broken, 1 if
something is, 2 if it could not judge.

  --api-url URL        your backend: http://localhost:8000
  --auth-url URL       Better Auth with its base path: http://localhost:3000/api/auth
  --path TEMPLATE      a collection of the user's, where GET lists and POST creates, by default
                       '/api/{user_id}/tasks' with the body {"title": "…"}
  --openapi FILE|URL   your OpenAPI document (JSON): all its routes with {user_id}, and their bodies
  --mode session|jwt   the session cookie (default), or a token as Authorization: Bearer
  --origin ORIGIN      a page that may call the backend (default: the origin of --auth-url)
  --identities-stdin   two users that exist, a line each: "e-mail password", or a session's
                       "cookie-name=value"
  --json               the whole report as JSON
  --yes                do not ask before talking to hosts that are not loopback

In the environment, because they are secret:
  SALLYPORT_AUDIT_IDENTITIES   what --identities-stdin reads
  SALLYPORT_TOKEN_KEY, or BETTER_AUTH_SECRET   for --mode jwt: what a wrong issuer would sign
`;

export interface AuditConfig {
  apiUrl: URL;
  authUrl: string;
  path: string;
  mode: "session" | "jwt";
  openapi: string | undefined;
  origin: string;
  identities: { text: string } | "stdin" | undefined;
  tokenKey: KeyObject | undefined;
  isJson: boolean;
  isConfirmed: boolean;
  /** Every host that the audit talks to and that is not this machine. */
  remoteHosts: readonly string[];
}

const wanted: Record<string, string> = {
  "api-url": "your backend's address, such as http://localhost:8000",
  "auth-url": "Better Auth's address with its base path, such as http://localhost:3000/api/auth",
  path: "a path with {user_id} once and no other {…}, such as /api/{user_id}/tasks",
  mode: "session or jwt",
  origin: "an origin such as https://app.example.com",
};

const settings = z.object({
  "api-url": z.string().refine(isHttpAddress),
  "auth-url": z.string().refine(isHttpAddress),
  path: z
    .string()
    .refine((path) => path.startsWith("/") && namesOwner(path) && !namesItem(path))
    .default("/api/{user_id}/tasks"),
  mode: z.enum(["session", "jwt"]).default("session"),
  origin: z
    .string()
    .refine((value) => URL.parse(value)?.origin === value)
    .optional(),
  openapi: z.string().min(1).optional(),
});

const options = {
  help: { type: "boolean", short: "h" },
  "api-url": { type: "string" },
  "auth-url": { type: "string" },
  path: { type: "string" },
  openapi: { type: "string" },
  mode: { type: "string" },
  origin: { type: "string" },
  "identities-stdin": { type: "boolean" },
  json: { type: "boolean" },
  yes: { type: "boolean" },
} as const;

/** Undefined when help is asked for. Throws a `UsageError` that names the first mistake. */
export function readAuditConfig(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): AuditConfig | undefined {
  const values = parseCommandLine(args, options);
  if (values.help) return undefined;
  const parsed = settings.safeParse(values);
  if (!parsed.success) {
    const name = String(parsed.error.issues[0]?.path[0]);
    const found = Object.entries(values).find(([option]) => option === name)?.[1];
    throw new UsageError(
      `--${name} must be ${wanted[name] ?? "a text"}, found ${found === undefined ? "nothing" : JSON.stringify(found)}`,
    );
  }
  const { data } = parsed;
  const apiUrl = new URL(data["api-url"]);
  const authUrl = data["auth-url"].replace(/\/+$/, "");
  const given = env.SALLYPORT_AUDIT_IDENTITIES;
  return {
    apiUrl,
    authUrl,
    path: `${apiUrl.pathname.replace(/\/+$/, "")}${data.path}`,
    mode: data.mode,
    openapi: data.openapi,
    origin: data.origin ?? new URL(authUrl).origin,
    identities: values["identities-stdin"] ? "stdin" : given ? { text: given } : undefined,
    tokenKey: data.mode === "jwt" ? readTokenKey(env) : undefined,
    isJson: values.json ?? false,
    isConfirmed: values.yes ?? false,
    remoteHosts: [apiUrl.href, authUrl, data.openapi ?? ""]
      .flatMap((text) => URL.parse(text) ?? [])
      .filter(({ hostname, protocol }) => /^https?:$/.test(protocol) && !isLoopback(hostname))
      .map(({ host }) => host)
      .filter((host, index, all) => all.indexOf(host) === index),
  };
}

export function isLoopback(hostname: string): boolean {
  return /^(?:localhost|.+\.localhost|127(?:\.\d{1,3}){3}|\[::1\])$/i.test(hostname);
}

/** Throws a `UsageError` that repeats nothing of what it was given. */
export function readIdentities(text: string): [Identity, Identity] {
  const identities = parseIdentities(text);
  if (identities) return identities;
  throw new UsageError(
    'the identities must be two lines, each "e-mail password" or "cookie-name=value", found something else',
  );
}

/** A derived key, or the secret as it is. */
function readTokenKey(env: NodeJS.ProcessEnv): KeyObject | undefined {
  const { SALLYPORT_TOKEN_KEY: derived, BETTER_AUTH_SECRET: secret } = env;
  if (derived) return createSecretKey(Buffer.from(derived.split(",")[0] ?? "", "base64url"));
  return secret ? createSecretKey(Buffer.from(secret)) : undefined;
}
