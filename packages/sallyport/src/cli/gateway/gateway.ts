import { randomUUID } from "node:crypto";
import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { refuse } from "../../core/auth-result.ts";
import type { Denial } from "../../core/denial.ts";
import { createGuard } from "../../core/guard.ts";
import type { Scheme } from "../../core/scheme.ts";
import { betterAuthSession } from "../../core/session-scheme.ts";
import { jwt } from "../../core/token/token-scheme.ts";
import { createAssertions } from "./assertion.ts";
import type { Asked, Exchange } from "./door.ts";
import { forwardAuth, forwardAuthPath } from "./forward-auth.ts";
import { identityHeaders } from "./identity-headers.ts";
import { createJudge } from "./judge.ts";
import { causeOf, type Log } from "./log.ts";
import type { GatewayConfig } from "./options.ts";
import { gatewayDenial, writeDenial } from "./problems.ts";
import { reverseProxy } from "./reverse-proxy.ts";

const jwksPath = "/.well-known/jwks.json";

export interface Gateway {
  /** Not listening yet. */
  server: Server;
  /** Frees the connections to Better Auth. */
  close(): Promise<void>;
}

/** The gateway as a server. Throws on options that cannot work. */
export async function createGateway(
  config: GatewayConfig,
  { log, isStopping }: { log: Log; isStopping: () => boolean },
): Promise<Gateway> {
  const guard = createGuard({ schemes: [createScheme(config)] });
  const judge = createJudge(guard, config.rules);
  const assertions = await createAssertions(config.assertion);
  const { upstream, cookieName } = config;
  const door = upstream === undefined ? forwardAuth : reverseProxy(upstream, cookieName);

  const own: Record<string, () => { status: number; body: unknown }> = {
    "/healthz": () => ({ status: 200, body: { status: "ok" } }),
    "/readyz": () => {
      const isReady = !isStopping();
      const status = isReady ? "ready" : "unready";
      return { status: isReady ? 200 : 503, body: { status, authority: guard.authority() } };
    },
    [jwksPath]: () => ({ status: 200, body: assertions.jwks }),
  };

  function createExchange(response: ServerResponse): Exchange {
    const requestId = randomUUID();
    const leaving = new AbortController();
    response.once("close", () => {
      if (!response.writableFinished) leaving.abort();
    });
    function answer(denial: Denial, asked: Asked | undefined, details: object): void {
      const { status } = denial;
      // A query may hold what is nobody's business.
      const path = asked?.target.split("?", 1)[0];
      log(status >= 500 ? "error" : "warn", denial.body.error_code, {
        request_id: requestId,
        status,
        method: asked?.method,
        path,
        ...details,
      });
      // For proxies that pass on no body of ours (nginx): their recipe answers with this.
      if (upstream === undefined) response.setHeader("X-Auth-Problem", JSON.stringify(denial.body));
      writeDenial(response, denial);
    }
    return {
      judge,
      identify: (auth) => identityHeaders(auth, assertions),
      refused(failure, asked) {
        const { scheme, userId, cause } = failure;
        const details = { scheme, user_id: userId, cause: causeOf(cause) };
        answer(guard.denial(failure, requestId), asked, details);
      },
      problem: (code, asked, cause) =>
        answer(gatewayDenial(code, requestId), asked, { cause: causeOf(cause) }),
      signal: leaving.signal,
    };
  }

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method = "", url = "" } = request;
    const path = url.split("?", 1)[0] ?? "";
    const isReading = method === "GET" || method === "HEAD";
    const ownAnswer = isReading && Object.hasOwn(own, path) ? own[path]?.() : undefined;
    if (ownAnswer !== undefined) {
      response.writeHead(ownAnswer.status, { "Content-Type": "application/json" });
      response.end(JSON.stringify(ownAnswer.body));
      return;
    }
    const exchange = createExchange(response);
    if (upstream === undefined && path !== forwardAuthPath) {
      return exchange.problem("not_found", { method, target: url });
    }
    try {
      await door(request, response, exchange);
    } catch (cause) {
      exchange.refused(refuse("internal_error", { cause }).failure, { method, target: url });
    }
  }

  const listener: RequestListener = (request, response) => void handle(request, response);
  const server = createServer(
    {
      // A proxy has bounded what it hands on, and adds headers of its own.
      maxHeaderSize: (upstream === undefined ? 64 : 16) * 1024,
      headersTimeout: 5_000,
      // For a whole upload.
      requestTimeout: 900_000,
      connectionsCheckingInterval: 1_000,
      // Longer than proxies in front keep a connection that nobody uses: Caddy's two minutes.
      keepAliveTimeout: 125_000,
    },
    listener,
  );
  // A body is read when its sender is known.
  server.on("checkContinue", listener);
  // Without a byte in either direction.
  server.setTimeout(120_000);
  server.maxConnections = 2_000;
  // All that fit: Node drops those beyond a count, and a second credential must be seen.
  server.maxHeadersCount = 0;
  return { server, close: guard.close };
}

function createScheme(config: GatewayConfig): Scheme {
  const { authUrl, cookieName, trustedOrigins, serviceKey, deadlineMs, tokens } = config;
  if (tokens === undefined) {
    return betterAuthSession({
      url: authUrl,
      cookieName,
      trustedOrigins,
      serviceKey,
      deadlineMs,
    });
  }
  const { issuer, audience, keys } = tokens;
  return jwt({ issuer, audience, ...keys, ...("jwksUrl" in keys && { deadlineMs }) });
}
