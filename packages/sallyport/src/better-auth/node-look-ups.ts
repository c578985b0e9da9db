import type { IncomingMessage, ServerResponse } from "node:http";
import type { AuthContext, BetterAuthOptions } from "better-auth";
import { serviceKeyHeader } from "../core/service-key.ts";
import { createLookUp, type LookUpContext } from "./look-up.ts";
import { answerLookUps } from "./look-up-answer.ts";
import { serviceKeyCheck } from "./service-keys.ts";
import { sessionsPath } from "./sessions-endpoint.ts";

interface HandlerContext extends LookUpContext, Pick<AuthContext, "baseURL" | "secretConfig"> {
  options: LookUpContext["options"] & Pick<BetterAuthOptions, "basePath" | "plugins">;
}

/** Answers a request, or leaves it untouched and says so with `false`. */
export type LookUpHandler = (
  request: IncomingMessage,
  response: ServerResponse,
) => Promise<boolean>;

/**
 * For servers on `node:http`: answers this server's backends at `POST {auth}/sallyport/sessions`,
 * to be asked before Better Auth's own handler, whose router costs more than the look-up. What
 * shows no valid service key is left to that router, its rate limit and its 401.
 */
export function handleSessionLookUps({
  $context,
}: {
  $context: Promise<HandlerContext>;
}): LookUpHandler {
  const prepared = $context.then((auth) => ({
    path: basePathOf(auth) + sessionsPath,
    isBackend: serviceKeyCheck(auth),
    lookUp: createLookUp(auth),
    logger: auth.logger,
  }));

  // Whoever asks is told; until then it is nobody's rejection.
  prepared.catch(() => {});

  return async (request, response) => {
    if (request.method !== "POST" || !request.url?.endsWith(sessionsPath)) return false;
    // Its body was read by somebody else, who left it where Better Auth's handler looks for it.
    if (request.readableEnded) return false;
    const { path, isBackend, lookUp, logger } = await prepared;
    const key = request.headers[serviceKeyHeader.toLowerCase()];
    if (request.url !== path || typeof key !== "string" || !isBackend(key)) return false;
    const hasCookie = request.headers.cookie !== undefined;
    const { status, headers, body } = await answerLookUps(
      { hasCookie, body: request },
      lookUp,
      logger,
    );
    response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(body) });
    response.end(body);
    return true;
  };
}

/** One that takes its host from each request has no base address, but a path. */
function basePathOf({ baseURL, options }: HandlerContext): string {
  const { pathname } = new URL(baseURL || (options.basePath ?? ""), "http://localhost");
  return pathname.replace(/\/+$/, "");
}
