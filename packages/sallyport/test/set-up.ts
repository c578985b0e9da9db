import {
  type IncomingMessage,
  type RequestListener,
  request,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { getRequestListener } from "@hono/node-server";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { Hono } from "hono";
import { cors } from "hono/cors";
import { sallyport, type TokenOptions } from "../src/better-auth.ts";
import type { DoctorConfig } from "../src/cli/doctor/options.ts";
import { protect } from "../src/hono.ts";
import { type BetterAuthSessionOptions, betterAuthSession, createGuard } from "../src/index.ts";
import { selfSignedCertificate } from "../src/testing/self-signed-certificate.ts";
import { secret, serve, serviceKey } from "./auth-server.ts";

export const account = { email: "ada@example.com", password: "correct horse battery" };

export const onHost = (hostname: string) => (url: string) => url.replace("127.0.0.1", hostname);

/** The same server by an address that is not of this machine alone. */
export const anywhere = onHost("0.0.0.0");

/** A rate limit of this set-up alone: in memory they are one for all of a process. */
export const ownLimits = { enabled: true, storage: "database" } as const;

/** Answers a request, or leaves it to what is behind. */
type Front = (request: IncomingMessage, response: ServerResponse) => boolean;

export interface SetUpOptions {
  /** Laid over the options of a healthy Better Auth. */
  auth?: (own: { origin: string; apiOrigin: string }) => Partial<BetterAuthOptions>;
  token?: (own: { apiOrigin: string }) => TokenOptions;
  withPlugin?: boolean;
  /** In front of Better Auth, as a proxy is. */
  front?: Front;
  /** In front of the api, CORS middleware included. */
  apiFront?: Front;
  /** As `origin` of Hono's CORS middleware. Default: Better Auth's origin and `pageOrigins`. */
  apiCors?: (origin: string) => string | null;
  /** Other origins that pages are served from: trusted, and allowed by CORS on both sides. */
  pageOrigins?: string[];
  https?: boolean;
  /** What the api is told wrongly. */
  api?: Partial<BetterAuthSessionOptions>;
}

/** A real Better Auth and a real api behind the guard, each on a port of its own. */
export async function startSetUp(options: SetUpOptions = {}) {
  const { withPlugin = true, pageOrigins = [], https = false } = options;
  const tables = { user: [], session: [], account: [], verification: [], jwks: [], rateLimit: [] };
  let handleAuth: RequestListener = () => {};
  const listener: RequestListener = (request, response) => {
    if (options.front?.(request, response)) return;
    if (allowPages(request, response, pageOrigins)) return;
    handleAuth(request, response);
  };
  let handleApi: RequestListener = () => {};
  const apiListener: RequestListener = (request, response) => {
    if (!options.apiFront?.(request, response)) handleApi(request, response);
  };
  // What is public is what a proxy makes of it that ends https; the api trusts no certificate of it.
  const server = await serve(listener);
  const apiServer = await serve(apiListener);
  const tls = https ? selfSignedCertificate() : undefined;
  const proxies = tls ? [await serveTls(server.url, tls), await serveTls(apiServer.url, tls)] : [];
  const [{ url: origin }, { url: apiOrigin }] = [proxies[0] ?? server, proxies[1] ?? apiServer];

  const token = options.token?.({ apiOrigin });
  const { plugins = [], ...overrides } = options.auth?.({ origin, apiOrigin }) ?? {};
  const auth = betterAuth({
    baseURL: origin,
    secret,
    database: memoryAdapter(tables),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    logger: { disabled: true },
    trustedOrigins: pageOrigins,
    ...overrides,
    advanced: { disableOriginCheck: false, ...overrides.advanced },
    plugins: [...(withPlugin ? [sallyport({ token })] : []), ...plugins],
  });
  const nodeHandler = toNodeHandler(auth);
  handleAuth = (request, response) => void nodeHandler(request, response);
  await auth.api.signUpEmail({ body: { name: "Ada", ...account } });
  tables.session.length = 0;

  const basePath = overrides.basePath ?? "/api/auth";
  const { authCookies } = await auth.$context;
  const url = server.url + basePath;
  const cookieName = authCookies.sessionToken.name;
  const guard = createGuard({ schemes: [betterAuthSession({ url, cookieName, ...options.api })] });
  const app = new Hono();
  const allowed = [origin, ...pageOrigins];
  app.use(cors({ origin: options.apiCors ?? allowed, credentials: true }));
  app.use("*", protect(guard));
  handleApi = getRequestListener(app.fetch);

  const config: DoctorConfig = {
    authUrl: `${origin}/api/auth`,
    apiUrl: `${apiOrigin}/api/ada/tasks`,
    pageOrigin: origin,
    credentials: account,
    mode: "session",
    cookieName: undefined,
    serviceKey,
    secret,
  };
  return {
    origin,
    apiOrigin,
    tables,
    /** All that the doctor can be told of it. */
    config,
    /** With `https`: PEM. */
    certificate: tls?.cert,
    async close() {
      await guard.close();
      for (const { close } of [...proxies, apiServer, server]) await close();
    },
  };
}

export type SetUp = Awaited<ReturnType<typeof startSetUp>>;

/** CORS, for which Better Auth has nothing of its own. */
function allowPages(request: IncomingMessage, response: ServerResponse, origins: string[]) {
  const { origin = "" } = request.headers;
  if (!origins.includes(origin)) return false;
  response.setHeader("Access-Control-Allow-Origin", origin);
  response.setHeader("Access-Control-Allow-Credentials", "true");
  if (request.method !== "OPTIONS") return false;
  response.writeHead(204).end();
  return true;
}

/** As a proxy that ends https, keeps `Host`, and says nothing of https to what is behind. */
async function serveTls(target: string, tls: { key: string; cert: string }) {
  const server = createTlsServer(tls, (from, to) => {
    const { method, url: path, headers } = from;
    const onward = request(target, { method, path, headers }, (answer) => {
      to.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(to);
    });
    from.pipe(onward.once("error", () => to.destroy()));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
