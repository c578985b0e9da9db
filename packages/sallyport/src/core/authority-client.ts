import { context } from "@opentelemetry/api";
import {
  BrokenCircuitError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleType,
  type IBackoff,
  retry,
  wrap,
} from "cockatiel";
import { errors, Pool } from "undici";
import { Unusable } from "./authority-answer.ts";
import type { Patience } from "./patience.ts";
import type { AuthorityState } from "./scheme.ts";
import { traceContextHeaders } from "./trace-context.ts";

const maxAnswerBytes = 1024 * 1024;
const maxConnections = 64;
/** Requests that may wait for a connection; more are refused at once. */
const maxWaiting = 1024;
const failuresUntilOpen = 5;
const probeIntervalMs = 1_000;

export interface AuthorityClientOptions {
  /** Of Better Auth, as this process reaches it. */
  origin: string;
  /** For one request, its retry included. */
  deadlineMs: number;
}

interface AuthorityRequest<Answer> {
  path: string;
  /** All that is sent, save for the trace context. */
  headers: Record<string, string>;
  /** JSON to POST; without it the request is a GET. Either way it changes nothing. */
  body?: string;
  read(status: number, text: string): Answer | Unusable;
}

export interface AuthorityClient {
  /** Rejects when there is no trustworthy answer inside the deadline, or none is wanted any more. */
  ask<Answer>(request: AuthorityRequest<Answer>, patience?: Patience): Promise<Answer>;
  state(): AuthorityState;
  close(): Promise<void>;
}

interface Attempt {
  /** Aborted at the deadline, or before, when the answer is no longer wanted. */
  signal: AbortSignal;
  deadline: AbortSignal;
  /** When the first attempt began. */
  startedAt: number;
}

/** Better Auth is down or failing, whoever asks: what counts towards opening the breaker. */
class Outage extends Error {
  override readonly name = "Outage";
  readonly retryable: boolean;

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}

/**
 * The time until the next probe, by a clock that nobody sets. Cockatiel compares it with the wall
 * clock, by which a breaker that opened before the clock was put back an hour stays open that long.
 */
function untilProbe(): IBackoff<unknown> {
  const probeAt = performance.now() + probeIntervalMs;
  return {
    get duration() {
      return performance.now() < probeAt ? Number.POSITIVE_INFINITY : Number.NEGATIVE_INFINITY;
    },
    next: untilProbe,
  };
}

/** Better Auth over HTTP, on kept-alive connections, behind one deadline, one retry and a breaker. */
export function createAuthorityClient({
  origin,
  deadlineMs,
}: AuthorityClientOptions): AuthorityClient {
  const pool = new Pool(origin, {
    connections: maxConnections,
    maxResponseSize: maxAnswerBytes,
    connect: { timeout: deadlineMs },
  });

  const breaker = circuitBreaker(handleType(Outage), {
    breaker: new ConsecutiveBreaker(failuresUntilOpen),
    halfOpenAfter: { next: untilProbe },
  });
  const policy = wrap(
    bulkhead(maxConnections, maxWaiting),
    breaker,
    retry(
      handleType(Outage, (outage) => outage.retryable),
      { maxAttempts: 1, backoff: new DelegateBackoff(() => 10 + Math.random() * 40) },
    ),
  );

  function notAsked(): Error {
    const last = breaker.lastFailure;
    return new Error("Better Auth failed repeatedly and is not asked for a moment", {
      cause: last && "error" in last ? last.error : undefined,
    });
  }

  async function exchange(
    { path, headers, body: json }: Omit<AuthorityRequest<unknown>, "read">,
    { signal, deadline, startedAt }: Attempt,
  ) {
    try {
      // No redirect is followed: undici's default. A trace context says only which trace the
      // request belongs to.
      const { statusCode, body } = await pool.request({
        path,
        ...(json === undefined ? { method: "GET" } : { method: "POST", body: json }),
        headers: {
          ...traceContextHeaders(),
          accept: "application/json",
          ...(json !== undefined && { "content-type": "application/json" }),
          ...headers,
        },
        signal,
      });
      return { status: statusCode, text: await body.text() };
    } catch (error) {
      // The parser's error has the answer in it, session token and all, and causes are logged.
      const cause = error instanceof errors.HTTPParserError ? new Error(error.message) : error;
      // Whose answer it is decides how long it is: no sign of an outage.
      if (
        cause instanceof errors.ResponseExceededMaxSizeError ||
        cause instanceof errors.HeadersOverflowError
      ) {
        throw cause;
      }
      if (signal.aborted) {
        // Nobody wants the answer any more, be it for a deadline of their own.
        if (!deadline.aborted) throw cause;
        // A look-up that waited long for its turn did not give Better Auth the time to answer.
        if (performance.now() - startedAt < deadlineMs / 2) throw cause;
        throw new Outage(`no answer within ${deadlineMs} ms`, { retryable: false, cause });
      }
      throw new Outage("the connection to Better Auth failed", { retryable: true, cause });
    }
  }

  return {
    async ask({ read, ...request }, patience = { deadlineMs }) {
      // One probe is on its way; whoever waited for it might wait a whole deadline.
      if (breaker.state === CircuitState.HalfOpen) throw notAsked();
      // `AbortSignal.timeout` would run out in any case, and cost as much as the request.
      const ending = new AbortController();
      const timer = setTimeout(() => ending.abort(), patience.deadlineMs);
      const deadline = ending.signal;
      const unwanted = patience.signal ? AbortSignal.any([deadline, patience.signal]) : deadline;
      let startedAt: number | undefined;
      const ask = async () => {
        startedAt ??= performance.now();
        // A probe is everyone's: it goes on although the one who asked has left.
        const signal = breaker.state === CircuitState.HalfOpen ? deadline : unwanted;
        const { status, text } = await exchange(request, { signal, deadline, startedAt });
        const answer = read(status, text);
        if (!(answer instanceof Unusable)) return answer;
        const { reason } = answer;
        if (status < 500) throw new Error(reason);
        throw new Outage(reason, { retryable: status >= 502 && status <= 504 });
      };
      try {
        // A request that waited for its turn is run by the one that made room, in whose trace it
        // does not belong.
        const inOwnTrace = context.bind(context.active(), ask);
        return await policy.execute(inOwnTrace, unwanted);
      } catch (cause) {
        throw cause instanceof BrokenCircuitError ? notAsked() : cause;
      } finally {
        clearTimeout(timer);
      }
    },
    state: () => (breaker.state === CircuitState.Closed ? "ok" : "unavailable"),
    close: () => pool.destroy(),
  };
}
