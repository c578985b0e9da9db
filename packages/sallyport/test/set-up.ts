import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";
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
import { betterAuthSession, createGuard } from "../src/index.ts";
import { selfSignedCertificate } from "../src/testing/self-signed-certificate.ts";
import { secret, serve, serviceKey } from "./auth-server.ts";

export const account = { email: "ada@example.com", password: "correct horse battery" };

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
}

/** A real Better Auth and a real api behind the guard, each on a port of its own. */
export async function startSetUp(options: SetUpOptions = {}) {
  const { withPlugin = true, pageOrigins = [], https = false } = options;
  const tables = { user: [], session: [], account: [], verification: [], jwks: [] };
  let handleAuth: RequestListener = () => {};
  const listener: RequestListener = (request, response) => {
    if (options.front?.(request, response)) return;
    if (allowPages(request, response, pageOrigins)) return;
    handleAuth(request, response);
  };
  const tls = https ? await serveTls(listener) : undefined;
  const server = tls ?? (await serve(listener));
  const origin = server.url;
  let handleApi: RequestListener = () => {};
  const apiServer = await serve((request, response) => {
    if (!options.apiFront?.(request, response)) handleApi(request, response);
  });
  const apiOrigin = apiServer.url;

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
  const guard = createGuard({ schemes: [betterAuthSession({ url: origin + basePath })] });
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
    certificate: tls?.certificate,
    async close() {
      await guard.close();
      await apiServer.close();
      await server.close();
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

async function serveTls(listener: RequestListener) {
  const { key, cert } = selfSignedCertificate();
  const server = createTlsServer({ key, cert }, listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    certificate: cert,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
