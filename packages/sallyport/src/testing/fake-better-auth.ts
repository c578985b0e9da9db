import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type RequestListener,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import type { Answer } from "./answer.ts";
import { createFakeSessions, type FakeUser, randomId } from "./fake-sessions.ts";
import { type Fault, faultListener } from "./faults.ts";
import { createSigningKey } from "./json-web-token.ts";
import { createPluginEndpoints, fakeServiceKey } from "./plugin-endpoints.ts";
import { selfSignedCertificate } from "./self-signed-certificate.ts";

const basePath = "/api/auth";
const jwtLifetimeSeconds = 15 * 60;

/** An authority whose name does not resolve (RFC 6761 6.4): the one fault that is no server's. */
export const unresolvableUrl = `http://better-auth.invalid${basePath}`;

export interface FakeBetterAuthOptions {
  /** Serve https, with a certificate that no client trusts. Default: false. */
  https?: boolean;
  /** Whether the session cookie has the `__Secure-` prefix. Default: as `https`. */
  secure?: boolean;
  /** The session cookie's full name. Default: `better-auth.session_token`, prefixed if `secure`. */
  cookieName?: string;
  /** Signs the cookies. Default: a random one. */
  secret?: string;
  /** Whether it has the `sallyport()` plugin, and so takes batches. Default: true. */
  plugin?: boolean;
}

export interface FakeSession {
  user: FakeUser;
  /** Ready for a `Cookie` header: `name=value`. */
  cookie: string;
  /** Ready for `Authorization: Bearer`: what Better Auth's `jwt` plugin issues (EdDSA, 15 minutes). */
  jwt: string;
}

/** A request that arrived, whatever it was answered. */
export interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
}

export interface FakeBetterAuth {
  /** For `betterAuthSession({ url })`. */
  readonly url: string;
  /** For `betterAuthSession({ url, serviceKey })`, which then looks sessions up in batches. */
  readonly serviceKey: string;
  readonly origin: string;
  /** With `https`: the certificate, PEM, for a client that shall trust it. */
  readonly certificate: string | undefined;
  /** Every request that arrived, oldest first. */
  readonly requests: readonly SeenRequest[];
  /** Connections that are open right now. */
  readonly openConnections: number;
  /** Opens a session, for a new user unless one is given; members that are missing are made up. */
  signIn(user?: Partial<FakeUser>): FakeSession;
  /** Ends the session as a sign-out does: the very next look-up does not find it. */
  revoke(session: FakeSession): void;
  /** Lets the session's time pass. */
  expire(session: FakeSession): void;
  /** From now on every request meets this fault, or a listener of one's own. */
  fail(fault: Fault | RequestListener): Promise<void>;
  /** Ends the fault; users and sessions are as they were. */
  recover(): Promise<void>;
  close(): Promise<void>;
}

/**
 * A Better Auth for tests: a real HTTP server on a free loopback port, with users and sessions in
 * memory, that answers `get-session`, `jwks` and the look-ups of the `sallyport()` plugin as Better
 * Auth does, and fails on demand. It has no cookie cache: `session_data` cookies mean nothing to it.
 */
export async function fakeBetterAuth(options: FakeBetterAuthOptions = {}): Promise<FakeBetterAuth> {
  const { https = false, secure = https, secret = randomBytes(32).toString("base64") } = options;
  const cookieName = options.cookieName ?? `${secure ? "__Secure-" : ""}better-auth.session_token`;
  const sessions = createFakeSessions({ cookieName, secret });
  const serviceKey = fakeServiceKey(secret);
  const plugin = options.plugin === false ? undefined : createPluginEndpoints(sessions, serviceKey);
  const signingKey = createSigningKey();
  const requests: SeenRequest[] = [];
  const sockets = new Set<Socket>();
  const tls = https ? selfSignedCertificate() : undefined;
  let fault: Exclude<Fault, "connection-refused"> | RequestListener | undefined;

  const server = tls ? createTlsServer(tls) : createServer();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  server.on("request", async (request, response) => {
    const { method = "", url = "", headers } = request;
    requests.push({ method, url, headers });
    const met = fault;
    if (typeof met === "function") return met(request, response);
    const answer = await answerTo(request).catch(() => undefined);
    // It broke off in the midst of its body.
    if (answer === undefined) return response.destroy();
    if (met !== undefined) return faultListener(met)(request, response, answer);
    const type = answer.body === undefined ? {} : { "Content-Type": "application/json" };
    response.writeHead(answer.status, { ...type, ...answer.headers });
    return response.end(answer.body === undefined ? "" : JSON.stringify(answer.body));
  });

  async function listen(port: number): Promise<number> {
    server.listen(port, "127.0.0.1");
    await once(server, "listening");
    return (server.address() as AddressInfo).port;
  }
  async function stopListening(): Promise<void> {
    if (!server.listening) return;
    const closed = once(server, "close");
    server.close();
    for (const socket of sockets) socket.destroy();
    await closed;
  }

  async function answerTo(request: IncomingMessage): Promise<Answer> {
    const { method, url = "", headers } = request;
    const path = url.split("?", 1)[0];
    const cookie = headers.cookie ?? "";
    switch (`${method} ${path}`) {
      case `GET ${basePath}/get-session`:
        return lookUp(cookie);
      case `POST ${basePath}/get-session`:
        return refuseForeign(headers) ?? postRefused;
      case `GET ${basePath}/jwks`:
        return { status: 200, body: signingKey.jwks };
      case `GET ${basePath}/ok`:
        return { status: 200, body: { ok: true } };
      case `GET ${basePath}/session`:
        return plugin?.lookUpOne(cookie) ?? notFound;
      case `POST ${basePath}/sallyport/sessions`:
        return plugin ? (refuseForeign(headers) ?? plugin.lookUpMany(request)) : notFound;
      default:
        return notFound;
    }
  }

  function lookUp(cookieHeader: string): Answer {
    const found = sessions.lookUp(cookieHeader);
    if (found.kind === "session") return { status: 200, headers: uncached, body: found.body };
    if (found.kind === "unsigned") return { status: 200, headers: uncached, body: null };
    const prefix = cookieName.replace(/session_token$/, "");
    const attributes = `Path=/; HttpOnly; ${/^__/.test(prefix) ? "Secure; " : ""}SameSite=Lax`;
    const deletions = ["session_token", "session_data", "dont_remember"].map(
      (name) => `${prefix}${name}=; Max-Age=0; ${attributes}`,
    );
    return { status: 200, headers: { ...uncached, "Set-Cookie": deletions }, body: null };
  }

  /** A request that changes things and carries cookies has to come from a page of its own. */
  function refuseForeign({ cookie, origin: from = "null" }: IncomingHttpHeaders) {
    if (cookie === undefined || from === origin) return undefined;
    return from === "null" ? originMissing : originInvalid;
  }

  const port = await listen(0);
  const origin = `${https ? "https" : "http"}://127.0.0.1:${port}`;

  return {
    url: `${origin}${basePath}`,
    serviceKey,
    origin,
    certificate: tls?.cert,
    requests,
    get openConnections() {
      return sockets.size;
    },
    signIn({ id = randomId(), name = "Ada", email = `${id.toLowerCase()}@example.com` } = {}) {
      const { user, cookie } = sessions.open({ id, email, name });
      const iat = Math.floor(Date.now() / 1000);
      const claims = { sub: id, iat, exp: iat + jwtLifetimeSeconds, iss: origin, aud: origin };
      return { user: { id, email, name }, cookie, jwt: signingKey.sign({ ...user, ...claims }) };
    },
    revoke: ({ cookie }) => sessions.revoke(cookie),
    expire: ({ cookie }) => sessions.expire(cookie),
    async fail(next) {
      if (next === "connection-refused") return stopListening();
      fault = next;
      if (!server.listening) await listen(port);
    },
    async recover() {
      fault = undefined;
      if (!server.listening) await listen(port);
    },
    close: stopListening,
  };
}

const uncached = { "Cache-Control": "no-store", Pragma: "no-cache" };
const notFound: Answer = { status: 404 };
const postRefused: Answer = {
  status: 405,
  headers: uncached,
  body: {
    code: "METHOD_NOT_ALLOWED_DEFER_SESSION_REQUIRED",
    message: "POST method requires deferSessionRefresh to be enabled in session config",
  },
};
const originMissing: Answer = {
  status: 403,
  body: { code: "MISSING_OR_NULL_ORIGIN", message: "Missing or null Origin" },
};
const originInvalid: Answer = {
  status: 403,
  body: { code: "INVALID_ORIGIN", message: "Invalid origin" },
};
