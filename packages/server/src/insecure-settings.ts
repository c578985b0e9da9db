import { isLoopback } from "./loopback.ts";

/** The settings of a server that decide whether strangers can listen in or get around it. */
interface ExposedSettings {
  host: string;
  /** The variable that holds this server's own public address. */
  publicUrlVariable: "BETTER_AUTH_URL" | "API_URL";
  webUrl: string;
  apiUrl: string;
  trustedOrigins: string[];
  databaseUrl: string | undefined;
  redisUrl?: string | undefined;
  trustedProxies?: string[];
  /** BETTER_AUTH_SECRET, where this server holds it. */
  secret?: string | undefined;
}

/** Fewer different characters than a random text of 32 hexadecimal digits ever has. */
const MIN_DIFFERENT_CHARACTERS = 8;

/** Throws one error that lists all that must be mended before production, each with what is wanted. */
export function refuseInsecureProduction(server: string, settings: ExposedSettings): void {
  const findings = [
    ...publicAddresses(settings),
    ...listening(settings),
    ...trustedOrigins(settings),
    ...database(settings),
    ...redis(settings),
    ...proxies(settings),
    ...secret(settings),
  ];
  if (findings.length === 0) return;
  const list = findings.map((finding) => `- ${finding}.`).join("\n");
  throw new Error(
    `Cannot start the ${server}: in production these settings are not secure.\n${list}`,
  );
}

const isPlainRemote = (url: string) =>
  url.startsWith("http:") && !isLoopback(new URL(url).hostname);

function* publicAddresses({ webUrl, apiUrl }: ExposedSettings): Generator<string> {
  for (const [name, url] of Object.entries({ BETTER_AUTH_URL: webUrl, API_URL: apiUrl })) {
    if (isPlainRemote(url)) {
      yield `${name} must be https, by a proxy in front that ends TLS, found "${url}"`;
    }
  }
}

function* listening({ host, publicUrlVariable, webUrl, apiUrl }: ExposedSettings) {
  const publicUrl = publicUrlVariable === "API_URL" ? apiUrl : webUrl;
  const isForThisMachine = publicUrl.startsWith("http:") && !isPlainRemote(publicUrl);
  if (isForThisMachine && !isLoopback(host)) {
    yield `HOST must be localhost, or ${publicUrlVariable} the https address of a proxy in front, found "${host}" and "${publicUrl}"`;
  }
}

function* trustedOrigins(settings: ExposedSettings): Generator<string> {
  const { webUrl } = settings;
  // The web app's own address is told of under its own name.
  const origins = settings.trustedOrigins.filter((origin) => origin !== webUrl);
  for (const origin of origins.filter(isPlainRemote)) {
    yield `TRUSTED_ORIGINS must be https origins, found "${origin}"`;
  }
}

function* database({ databaseUrl }: ExposedSettings): Generator<string> {
  if (databaseUrl === undefined) return;
  const { hostname, searchParams } = new URL(databaseUrl);
  // As pg reads it: a host in the query wins, one with a slash is a socket's folder.
  const host = searchParams.get("host") ?? decodeURIComponent(hostname);
  if (host === "" || host.startsWith("/") || isLoopback(host)) return;
  const mode = searchParams.get("sslmode");
  if (mode === "require" || mode === "verify-ca" || mode === "verify-full") return;
  const found = mode === null ? "no sslmode" : `sslmode=${JSON.stringify(mode)}`;
  yield `DATABASE_URL must have sslmode=verify-full or sslmode=require for another host than this one, found ${found} for ${host}`;
}

function* redis({ redisUrl }: ExposedSettings): Generator<string> {
  if (redisUrl === undefined) return;
  const { protocol, hostname, password } = new URL(redisUrl);
  if (isLoopback(hostname) || (protocol === "rediss:" && password !== "")) return;
  const found = password === "" ? "no password" : "a password";
  yield `REDIS_URL must be rediss:// with a password for another host than this one, found ${protocol}// and ${found} for ${hostname}`;
}

function* proxies({ trustedProxies = [] }: ExposedSettings): Generator<string> {
  for (const entry of trustedProxies.filter((network) => network.endsWith("/0"))) {
    yield `TRUSTED_PROXIES must be the proxies alone, found everybody's "${entry}"`;
  }
}

function* secret({ secret: value }: ExposedSettings): Generator<string> {
  if (value === undefined) return;
  const wanted = "BETTER_AUTH_SECRET must be random, e.g. from: openssl rand -base64 32, found";
  const different = new Set(value).size;
  if (different < MIN_DIFFERENT_CHARACTERS) yield `${wanted} ${different} different characters`;
  else if (`${value}${value}`.indexOf(value, 1) < value.length) yield `${wanted} a repeated text`;
}
