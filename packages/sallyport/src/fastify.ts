import type { FastifyReply, FastifyRequest } from "fastify";
import type { Authenticated, Failure } from "./core/auth-result.ts";
import type { Guard } from "./core/guard.ts";
import { runHook } from "./core/hook.ts";
import { nodeHeaders } from "./core/node-headers.ts";
import { markGuarded } from "./core/node-response.ts";

declare module "fastify" {
  interface FastifyRequest {
    /** Who is calling; set behind `protect`, and nowhere else. */
    auth: Authenticated;
  }
}

export interface ProtectOptions {
  /** The route parameter that names whose data is asked for, e.g. `user_id`. */
  owner?: string;
  /**
   * Called with each refusal before it is answered: the place for a log line. It is not awaited,
   * and whatever becomes of it changes no answer.
   */
  onDenied?: (failure: Failure, request: FastifyRequest, requestId: string) => unknown;
}

/**
 * A Fastify `onRequest` hook: no route of the scope it is added to runs, and no body is read,
 * unless the guard says who is calling.
 *
 * A path that no route of the scope matches is answered by Fastify's 404 handler, outside of the
 * scope's hooks; `scope.setNotFoundHandler` brings it behind the guard.
 *
 * The request id in a refusal is Fastify's own.
 */
export function protect(
  guard: Guard,
  { owner, onDenied }: ProtectOptions = {},
): (request: FastifyRequest, reply: FastifyReply) => Promise<unknown> {
  return async (request, reply) => {
    const result = await guard.authenticate(
      { method: request.method, url: request.url, headers: nodeHeaders(request.raw) },
      { owner: owner === undefined ? undefined : paramOf(request.params, owner) },
    );
    if (result.ok) {
      request.auth = result;
      markGuarded(reply.raw);
      return undefined;
    }
    void runHook("onDenied", () => onDenied?.(result.failure, request, request.id));
    const { status, headers, body } = guard.denial(result.failure, request.id);
    // Bytes, because Fastify would add a charset to the type of a JSON text.
    return reply
      .code(status)
      .headers(headers)
      .send(Buffer.from(JSON.stringify(body)));
  };
}

/** Empty for none: no user id is. */
function paramOf(params: unknown, name: string): string {
  const [, value] = Object.entries(params ?? {}).find(([key]) => key === name) ?? [];
  return typeof value === "string" ? value : "";
}
