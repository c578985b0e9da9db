import { Agent, type Dispatcher, errors, Headers } from "undici";
import { Unchecked } from "./finding.ts";

const maxAnswerBytes = 256 * 1024;
const answerDeadlineMs = 5_000;

export interface HttpRequest {
  method?: "GET" | "POST" | "OPTIONS";
  headers?: Record<string, string>;
  /** Sent as JSON. */
  body?: object;
}

export interface HttpAnswer {
  status: number;
  headers: Headers;
  text: string;
  /** Undefined for what is no JSON. */
  json: unknown;
  sentAt: Date;
  durationMs: number;
}

export interface ClientBounds {
  /** The only ones it ever talks to. */
  origins: readonly string[];
  maxRequests: number;
  deadlineMs: number;
  /** Ends it before its time. */
  stop: AbortSignal;
}

/**
 * What the end of all time does to a request: `brief`, cuts it off; `whole`, lets one that was sent
 * have its answer, for what has to be tidied up after it; `last`, nothing, for the tidying up.
 */
export type Persistence = "brief" | "whole" | "last";

export interface BoundedClient {
  /**
   * Follows no redirect. Throws `NoAnswer`, or `Unchecked` when its time or its requests are spent.
   */
  request(url: string, request?: HttpRequest, persistence?: Persistence): Promise<HttpAnswer>;
  close(): Promise<void>;
}

/** The connection failed, or there was no whole answer in time. */
export class NoAnswer extends Unchecked {
  readonly reason: string;

  constructor(url: string, cause: unknown) {
    const reason = reasonOf(cause);
    super(`${new URL(url).origin} did not answer: ${reason}`, { cause });
    this.reason = reason;
  }
}

export function createBoundedClient(bounds: ClientBounds): BoundedClient {
  const { origins, maxRequests, deadlineMs, stop } = bounds;
  const agent = new Agent({
    maxResponseSize: maxAnswerBytes,
    connect: { timeout: answerDeadlineMs },
  });
  const ending = AbortSignal.any([stop, AbortSignal.timeout(deadlineMs)]);
  let sent = 0;

  return {
    async request(url, { method = "GET", headers = {}, body } = {}, persistence = "brief") {
      const { origin, pathname, search } = new URL(url);
      if (!origins.includes(origin)) throw new Error(`${origin} is no host that was named`);
      sent += 1;
      if (persistence !== "last") {
        if (sent > maxRequests) throw new Unchecked("all requests are spent");
        if (ending.aborted) throw new Unchecked("the time is up");
      }
      const answerDeadline = AbortSignal.timeout(answerDeadlineMs);
      const options: Dispatcher.RequestOptions = {
        origin,
        path: pathname + search,
        method,
        headers: {
          accept: "application/json",
          ...headers,
          ...(body && { "content-type": "application/json" }),
        },
        body: body === undefined ? null : JSON.stringify(body),
        signal:
          persistence === "brief" ? AbortSignal.any([answerDeadline, ending]) : answerDeadline,
      };
      const sentAt = new Date();
      const startedAt = performance.now();
      try {
        const answer = await agent.request(options);
        const text = await answer.body.text();
        return {
          status: answer.statusCode,
          headers: readHeaders(answer.headers),
          text,
          json: parseJson(text),
          sentAt,
          durationMs: performance.now() - startedAt,
        };
      } catch (cause) {
        if (persistence === "brief" && ending.aborted) {
          throw new Unchecked("the time is up", { cause });
        }
        throw new NoAnswer(url, cause);
      }
    },
    close: () => agent.destroy(),
  };
}

function readHeaders(from: Dispatcher.ResponseData["headers"]): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(from)) {
    for (const value of [values ?? []].flat()) headers.append(name, value);
  }
  return headers;
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** In a few words; what the server sent is no part of them. */
function reasonOf(cause: unknown): string {
  if (cause instanceof errors.ResponseExceededMaxSizeError) return "its answer is too long";
  if (cause instanceof DOMException) return `nothing came within ${answerDeadlineMs / 1000} s`;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "it broke off";
  const known: Record<string, string> = {
    ECONNREFUSED: "nothing listens there",
    ENOTFOUND: "there is no such host",
    EAI_AGAIN: "its name cannot be resolved",
    ECONNRESET: "it closed the connection",
    UND_ERR_SOCKET: "it closed the connection",
    UND_ERR_CONNECT_TIMEOUT: `no connection within ${answerDeadlineMs / 1000} s`,
    ERR_SSL_WRONG_VERSION_NUMBER: "it does not speak https",
    ERR_SSL_PACKET_LENGTH_TOO_LONG: "it does not speak https",
    HPE_INVALID_CONSTANT: "it does not speak http",
  };
  return known[code] ?? code;
}
