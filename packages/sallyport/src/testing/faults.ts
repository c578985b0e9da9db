import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import type { Answer } from "./answer.ts";

type FaultListener = (
  request: IncomingMessage,
  response: ServerResponse,
  healthy: Pick<Answer, "body">,
) => void;

const json = { "Content-Type": "application/json" };
/** Marks where redirects lead: to the true answer, so that whoever follows them is found out. */
const followed = "followed=true";
const dripIntervalMs = 20;

const listeners = {
  "reset-before-headers": ({ socket }) => void socket.resetAndDestroy(),
  "reset-in-body": ({ socket }, response, { body }) => {
    const text = JSON.stringify(body);
    response.writeHead(200, { ...json, "Content-Length": text.length + 1 });
    response.write(text, () => socket.resetAndDestroy());
  },
  "no-answer": () => {},
  "headers-then-silence": (_, response) => response.writeHead(200, json).flushHeaders(),
  "slow-drip": ({ socket }, response) => {
    response.writeHead(200, json);
    const drip = setInterval(() => response.write(" "), dripIntervalMs);
    socket.once("close", () => clearInterval(drip));
  },
  "not-http": ({ socket }) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n"),
  "redirect-301": redirect(301),
  "redirect-302": redirect(302),
  "redirect-307": redirect(307),
  "status-400": status(400, { code: "BAD_REQUEST", message: "Bad request" }),
  "status-401": status(401, { message: "Unauthorized" }),
  "status-403": status(403, { code: "FORBIDDEN", message: "Forbidden" }),
  "status-404": status(404, null),
  "status-405": status(405, null),
  "status-429": status(429, { message: "Too many requests. Please try again later." }),
  "rate-limited": (_, response) => {
    response.writeHead(429, { ...json, "X-Retry-After": "10" });
    response.end('{"message":"Too many requests. Please try again later."}');
  },
  "status-500": status(500, { code: "FAILED_TO_GET_SESSION", message: "Failed to get session" }),
  "status-502": status(502, null),
  "status-503": status(503, null),
  "status-504": status(504, null),
  html: (_, response) => {
    response.writeHead(200, { "Content-Type": "text/html" }).end("<!doctype html><p>Welcome</p>");
  },
  empty: text(() => ""),
  "truncated-json": text(({ body }) => JSON.stringify(body).slice(0, -1)),
  "empty-object": text(() => "{}"),
  "empty-array": text(() => "[]"),
  "json-string": text(() => '"x"'),
  "wrong-types": text(({ body }) =>
    alter(body, (answer) => ({ ...answer, user: { ...answer.user, id: 1 } })),
  ),
  "another-token": text(({ body }) =>
    isBatchAnswer(body)
      ? anotherBatch(body)
      : alter(body, (answer) => ({
          ...answer,
          session: { ...answer.session, token: "x".repeat(32) },
        })),
  ),
  "another-user": text(({ body }) =>
    isBatchAnswer(body)
      ? anotherBatch(body)
      : alter(body, (answer) => ({ ...answer, user: { ...answer.user, id: "somebody" } })),
  ),
  "expired-session": text(({ body }) =>
    alter(body, (answer) => ({
      ...answer,
      session: { ...answer.session, expiresAt: new Date(Date.now() - 1).toISOString() },
    })),
  ),
  "huge-body": text(({ body }) => `${" ".repeat(10_000_000)}${JSON.stringify(body)}`),
  "gzip-bomb": (_, response, { body }) => {
    response.writeHead(200, { ...json, "Content-Encoding": "gzip" });
    response.end(gzipSync(`${" ".repeat(10_000_000)}${JSON.stringify(body)}`));
  },
  "early-hints-only": (_, response) => response.writeEarlyHints({ link: "</x>; rel=preload" }),
  "switching-protocols": ({ socket }) =>
    void socket.write(
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ),
  "http-1.0-cut": ({ socket }, _, { body }) =>
    void socket.end(`HTTP/1.0 200 OK\r\n\r\n${JSON.stringify(body).slice(0, -1)}`),
  "set-cookie-storm": (_, response, { body }) => {
    const storm = Array.from(
      { length: 1_000 },
      (_, index) => `c${index}=${"x".repeat(64)}; Path=/`,
    );
    response.writeHead(200, { ...json, "Set-Cookie": storm }).end(JSON.stringify(body));
  },
} satisfies Record<string, FaultListener>;

/**
 * The ways in which an authority fails, as switches: `fakeBetterAuth().fail("no-answer")`.
 * Whatever the fault, a backend answers 503 until it ends, and nobody is signed out. In batches
 * `another-token` and `another-user` are one result too many: nothing else there says whose it is.
 */
export type Fault = "connection-refused" | keyof typeof listeners;

/** Every fault there is, for tests that go through all of them. */
export const faults: readonly Fault[] = Object.freeze<Fault[]>([
  "connection-refused",
  ...(Object.keys(listeners) as (keyof typeof listeners)[]),
]);

export function faultListener(fault: Exclude<Fault, "connection-refused">): FaultListener {
  return listeners[fault];
}

function status(code: number, body: unknown): FaultListener {
  return (_, response) => void response.writeHead(code, json).end(JSON.stringify(body));
}

function text(write: (healthy: Pick<Answer, "body">) => string): FaultListener {
  return (_, response, healthy) => void response.writeHead(200, json).end(write(healthy));
}

function redirect(code: number): FaultListener {
  return ({ url = "" }, response, { body }) => {
    if (url.endsWith(followed)) response.writeHead(200, json).end(JSON.stringify(body));
    else
      response
        .writeHead(code, { Location: `${url}${url.includes("?") ? "&" : "?"}${followed}` })
        .end();
  };
}

interface SessionAnswer {
  session: object;
  user: object;
}

interface BatchAnswer {
  results: unknown[];
}

function isSessionAnswer(body: unknown): body is SessionAnswer {
  return typeof body === "object" && body !== null && "session" in body && "user" in body;
}

function isBatchAnswer(body: unknown): body is BatchAnswer {
  return typeof body === "object" && body !== null && "results" in body;
}

/** The same change to each session of an answer; where there is none, nothing that says so either. */
function alter(body: unknown, change: (answer: SessionAnswer) => object): string {
  const altered = (answer: unknown) => (isSessionAnswer(answer) ? change(answer) : {});
  return JSON.stringify(
    isBatchAnswer(body) ? { results: body.results.map(altered) } : altered(body),
  );
}

function anotherBatch({ results }: BatchAnswer): string {
  return JSON.stringify({ results: [...results, results[0]] });
}
