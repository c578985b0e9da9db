import { deriveServiceKey } from "../../core/service-key.ts";
import { isHttpAddress, parseCommandLine } from "../command-line.ts";
import { UsageError } from "../usage-error.ts";

export const doctorHelp = `Usage: sallyport doctor --auth-url URL [options]

Looks at a set-up of Better Auth and a separate backend, and says what is wrong with it and how to
mend it. It talks to the hosts named alone and changes nothing: it signs in only when it is given
an account, and out again. Exit code: 0 healthy, 1 findings, 2 a mistake in these options.

  --auth-url URL      where Better Auth is, base path included: https://example.com/api/auth
  --api-url URL       the backend, or one address of it that pages call: https://api.example.com
  --origin ORIGIN     where the pages are that call them (default: that of --auth-url)
  --email TEXT        an account to sign in with; its password is piped in:
  --password-stdin      … | sallyport doctor --email … --password-stdin
  --mode session|jwt  what the backend takes: the session cookie (default), or tokens
  --cookie-name NAME  the session cookie's full name, as your backend is told, if it is told one
  --json              the report as JSON

In the environment, because they are secret, each for the checks that need it:
  SALLYPORT_SERVICE_KEY   the backend's
  BETTER_AUTH_SECRET      is compared with Better Auth's here, and sent nowhere
`;

export interface DoctorOptions {
  /** As they were given, without a `/` at their end. */
  authUrl: string;
  apiUrl: string | undefined;
  pageOrigin: string;
  email: string | undefined;
  mode: "session" | "jwt";
  cookieName: string | undefined;
  asJson: boolean;
  serviceKey: string | undefined;
  secret: string | undefined;
}

export interface DoctorConfig extends Omit<DoctorOptions, "asJson" | "email"> {
  credentials: { email: string; password: string } | undefined;
}

const options = {
  help: { type: "boolean", short: "h", default: false },
  "auth-url": { type: "string" },
  "api-url": { type: "string" },
  origin: { type: "string" },
  email: { type: "string" },
  "password-stdin": { type: "boolean", default: false },
  mode: { type: "string", default: "session" },
  "cookie-name": { type: "string" },
  json: { type: "boolean", default: false },
} as const;

/** Undefined when help is asked for. Throws a `UsageError` that names the first mistake. */
export function readDoctorOptions(
  args: readonly string[],
  env: NodeJS.ProcessEnv,
): DoctorOptions | undefined {
  const given = parseCommandLine(args, options);
  if (given.help) return undefined;
  const authUrl = address("--auth-url", given["auth-url"], "https://example.com/api/auth");
  const apiUrl = given["api-url"];
  const email = given.email;
  if ((email === undefined) === given["password-stdin"]) {
    throw new UsageError("--email and --password-stdin go together");
  }
  const { mode } = given;
  if (mode !== "session" && mode !== "jwt") {
    throw new UsageError(`--mode must be session or jwt, found ${JSON.stringify(mode)}`);
  }
  const cookieName = given["cookie-name"];
  if (cookieName !== undefined && !/^[\w!#$%&'*+.^`|~-]+$/.test(cookieName)) {
    throw new UsageError(
      `--cookie-name must be a cookie's name, found ${JSON.stringify(cookieName)}`,
    );
  }
  const secret = env.BETTER_AUTH_SECRET || undefined;
  return {
    authUrl,
    apiUrl: apiUrl && address("--api-url", apiUrl, "https://api.example.com"),
    pageOrigin: origin(given.origin ?? new URL(authUrl).origin),
    email,
    mode,
    cookieName,
    asJson: given.json,
    serviceKey: serviceKey(env.SALLYPORT_SERVICE_KEY || undefined, secret),
    secret,
  };
}

function address(option: string, value: string | undefined, example: string): string {
  if (value === undefined || !isHttpAddress(value)) {
    const found = value === undefined ? "nothing" : JSON.stringify(value);
    throw new UsageError(`${option} must be an http(s) address such as ${example}, found ${found}`);
  }
  return new URL(value).href.replace(/\/+$/, "");
}

function origin(value: string): string {
  if (URL.parse(value)?.origin === value && /^https?:/.test(value)) return value;
  throw new UsageError(
    `--origin must be an origin such as https://example.com, found ${JSON.stringify(value)}`,
  );
}

/** Who has the secret has the key. */
function serviceKey(key: string | undefined, secret: string | undefined): string | undefined {
  if (key === undefined) {
    return secret === undefined || secret.length < 32 ? undefined : deriveServiceKey(secret);
  }
  if (/^[\w-]{43}$/.test(key)) return key;
  throw new UsageError(
    "SALLYPORT_SERVICE_KEY must be a key made by deriveServiceKey, found something else",
  );
}
