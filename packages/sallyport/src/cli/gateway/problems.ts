import type { ServerResponse } from "node:http";
import { type Denial, guardedHeaders } from "../../core/denial.ts";
import { createProblem } from "../../core/problem.ts";

/** What the gateway itself answers beside the guard's refusals. */
const kinds = {
  not_found: { status: 404, title: "Not found" },
  upgrade_unsupported: {
    status: 501,
    title: "WebSocket not supported",
    detail: "A connection that outlives the check of its session is not let through.",
  },
  upstream_unavailable: {
    status: 503,
    title: "Backend unavailable",
    detail: "The service behind gave no answer. Try again.",
  },
} as const;

export type GatewayProblem = keyof typeof kinds;

export function gatewayDenial(code: GatewayProblem, requestId: string): Denial {
  const kind = kinds[code];
  return {
    status: kind.status,
    headers: {
      ...guardedHeaders,
      "Content-Type": "application/problem+json",
      ...(kind.status === 503 && { "Retry-After": "1" }),
    },
    body: createProblem({ code, ...kind }, requestId),
  };
}

/** Writes a refusal down, unless an answer has begun. */
export function writeDenial(response: ServerResponse, { status, headers, body }: Denial): void {
  if (response.headersSent) return;
  const text = JSON.stringify(body);
  response.writeHead(status, { ...headers, "Content-Length": Buffer.byteLength(text) }).end(text);
}
