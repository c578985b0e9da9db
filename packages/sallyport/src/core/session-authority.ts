import { context } from "@opentelemetry/api";
import {
  BrokenCircuitError,
  bulkhead,
  CircuitState,
  ConsecutiveBreaker,
  circuitBreaker,
  DelegateBackoff,
  handleType,
  retry,
  wrap,
} from "cockatiel";
import { errors, Pool } from "undici";
import type { AuthorityState } from "./scheme.ts";
import { serviceKeyHeader } from "./service-key.ts";
import { readSessionAnswer, type SessionAnswer } from "./session-answer.ts";
import { traceContextHeaders } from "./trace-context.ts";

const maxAnswerBytes = 1024 * 1024;
const maxConnections = 64;
/** Look-ups that may wait for a connection; more are refused at once. */
const maxWaiting = 1024;
const failuresUntilOpen = 5;
const probeIntervalMs = 1_000;

export interface SessionAuthorityOptions {
  /** Base of Better Auth's API, e.g. `http://localhost:3000/api/auth`. */
  url: URL;
  serviceKey: string | undefined;
  deadlineMs: number;
}

export interface SessionAuthority {
  /** One fresh look-up; rejects when there is no trustworthy answer inside the deadline. */
  lookUp(cookie: { token: string; headerValue: string }): Promise<Verdict>;
  state(): AuthorityState;
  close(): Promise<void>;
}

type Verdict = Exclude<SessionAnswer, { kind: "unusable" }>;

/** Better Auth is down or failing, whoever asks: what counts towards opening the breaker. */
class Outage extends Error {
  override readonly name = "Outage";
  readonly retryable: boolean;

  constructor(message: string, options: { retryable: boolean; cause?: unknown }) {
    super(message, { cause: options.cause });
    this.retryable = options.retryable;
  }
}

/** Better Auth over HTTP, on kept-alive connections, behind one deadline, one retry and a breaker. */
export function createSessionAuthority(options: SessionAuthorityOptions): SessionAuthority {
  const { url, serviceKey, deadlineMs } = options;
  const pool = new Pool(url.origin, {
    connections: maxConnections,
    maxResponseSize: maxAnswerBytes,
    connect: { timeout: deadlineMs },
  });
  const path = `${url.pathname}/get-session?disableCookieCache=true&disableRefresh=true`;
  const keyHeader = serviceKey === undefined ? {} : { [serviceKeyHeader]: serviceKey };

  const breaker = circuitBreaker(handleType(Outage), {
    breaker: new ConsecutiveBreaker(failuresUntilOpen),
    halfOpenAfter: probeIntervalMs,
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

  async function exchange(cookie: string, signal: AbortSignal, startedAt: number) {
    try {
      // No redirect is followed (undici's default), and of the client's request the cookie alone
      // is sent on: its other headers could change whose session is looked up. A trace context
      // says only which trace the look-up belongs to.
      const { statusCode, body } = await pool.request({
        path,
        method: "GET",
        headers: { ...traceContextHeaders(), accept: "application/json", cookie, ...keyHeader },
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
        // A look-up that waited long for its turn did not give Better Auth the time to answer.
        if (performance.now() - startedAt < deadlineMs / 2) throw cause;
        throw new Outage(`no answer within ${deadlineMs} ms`, { retryable: false, cause });
      }
      throw new Outage("the connection to Better Auth failed", { retryable: true, cause });
    }
  }

  return {
    async lookUp({ token, headerValue }) {
      // One probe is on its way; whoever waited for it might wait a whole deadline.
      if (breaker.state === CircuitState.HalfOpen) throw notAsked();
      let startedAt: number | undefined;
      const ask = async ({ signal }: { signal: AbortSignal }) => {
        startedAt ??= performance.now();
        const { status, text } = await exchange(headerValue, signal, startedAt);
        const answer = readSessionAnswer(status, text, token);
        if (answer.kind !== "unusable") return answer;
        if (status >= 500) {
          throw new Outage(answer.reason, { retryable: status >= 502 && status <= 504 });
        }
        throw new Error(answer.reason);
      };
      try {
        // A look-up that waited for its turn is run by the one that made room, in whose trace it
        // does not belong.
        const inOwnTrace = context.bind(context.active(), ask);
        return await policy.execute(inOwnTrace, AbortSignal.timeout(deadlineMs));
      } catch (cause) {
        throw cause instanceof BrokenCircuitError ? notAsked() : cause;
      }
    },
    state: () => (breaker.state === CircuitState.Closed ? "ok" : "unavailable"),
    close: () => pool.destroy(),
  };
}
