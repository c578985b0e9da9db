import {
  type Histogram,
  type MeterProvider,
  metrics,
  type ObservableResult,
  SpanKind,
  SpanStatusCode,
  trace,
  type UpDownCounter,
} from "@opentelemetry/api";
import type { AuthResult, Failure, FailureCode, SchemeName } from "./auth-result.ts";
import { contain, runHook } from "./hook.ts";
import type { AuthorityState } from "./scheme.ts";

/** What the guard decided about one request, for logs and counts of one's own. */
export interface Decision {
  readonly outcome: "allowed" | FailureCode;
  /** The scheme whose credential was presented; absent where none was looked at. */
  readonly scheme?: SchemeName;
  /** The caller, where verified: when allowed, and for `user_mismatch`. */
  readonly userId?: string;
  /** The whole validation, in milliseconds. */
  readonly durationMs: number;
  /**
   * When refused. Its `cause` is for the log alone. That of `authority_unavailable` holds no
   * credential; that of `internal_error` is a bug's own error and may hold anything.
   */
  readonly failure?: Readonly<Failure>;
}

export type DecisionHook = (decision: Decision) => unknown;

interface Instruments {
  provider: MeterProvider;
  duration: Histogram;
  active: UpDownCounter;
}

/** From a look-up on the same machine to the longest deadline there is. */
const durationBucketsSeconds = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5,
];

const tracer = trace.getTracer("sallyport");
/** Of the guards of this process that are not closed. */
const authorities = new Set<() => AuthorityState>();
let instruments: Instruments | undefined;

/** Measures a guard, until it is closed. Costs next to nothing unless OpenTelemetry is set up. */
export function createTelemetry(authority: () => AuthorityState, onDecision?: DecisionHook) {
  authorities.add(authority);
  measure(() => {});

  return {
    /** Runs a validation, which must not reject, as one span, and tells what came of it. */
    observe(validate: () => Promise<AuthResult>): Promise<AuthResult> {
      // CLIENT: the span whose context is sent to another service (OpenTelemetry, Trace API,
      // SpanKind). Its kind is fixed before anyone knows whether the authority will be asked.
      const options = { kind: SpanKind.CLIENT };
      return tracer.startActiveSpan("sallyport.authenticate", options, async (span) => {
        const startedAt = performance.now();
        measure(({ active }) => active.add(1));
        const result = await validate();
        const decision = describe(result, performance.now() - startedAt);
        // Who it was and what for stays out: neither is bounded, and metrics have many readers.
        const attributes = {
          "sallyport.outcome": decision.outcome,
          ...(decision.scheme && { "sallyport.scheme": decision.scheme }),
        };
        measure(({ active, duration }) => {
          active.add(-1);
          duration.record(decision.durationMs / 1_000, attributes);
        });
        contain("a span", () => {
          span.setAttributes(attributes);
          // Without a message: a cause can be any error, and hold what was in the request.
          if (isOurs(decision.outcome)) span.setStatus({ code: SpanStatusCode.ERROR });
          span.end();
        });
        if (onDecision) void runHook("onDecision", () => onDecision(decision));
        return result;
      });
    },
    close(): void {
      authorities.delete(authority);
    },
  };
}

function measure(record: (instruments: Instruments) => void): void {
  contain("a meter", () => record(currentInstruments()));
}

/** That a client is refused is no error of the service. */
function isOurs(outcome: Decision["outcome"]): boolean {
  return outcome === "authority_unavailable" || outcome === "internal_error";
}

function describe(result: AuthResult, durationMs: number): Decision {
  if (result.ok) {
    const { scheme, user } = result;
    return { outcome: "allowed", scheme, userId: user.userId, durationMs };
  }
  const { failure } = result;
  return {
    outcome: failure.code,
    ...(failure.scheme && { scheme: failure.scheme }),
    ...(failure.userId && { userId: failure.userId }),
    durationMs,
    failure,
  };
}

/**
 * The API has no meter that binds later (`metrics.getMeter` is a no-op for good until a provider
 * is set), so instruments are made anew when the provider changes: a guard may be created first.
 */
function currentInstruments(): Instruments {
  const provider = metrics.getMeterProvider();
  if (instruments?.provider === provider) return instruments;
  const meter = provider.getMeter("sallyport");
  meter
    .createObservableGauge("sallyport.authority.available", {
      description: "1 while the authority is asked, 0 while a breaker is open.",
    })
    .addCallback(observeAuthorities);
  instruments = {
    provider,
    duration: meter.createHistogram("sallyport.authenticate.duration", {
      description: "How long validations took, by their outcome.",
      unit: "s",
      advice: { explicitBucketBoundaries: durationBucketsSeconds },
    }),
    active: meter.createUpDownCounter("sallyport.authenticate.active", {
      description: "Validations that are under way.",
    }),
  };
  return instruments;
}

/** One value for the process, the worst: values of several guards would overwrite each other. */
function observeAuthorities(result: ObservableResult): void {
  if (authorities.size === 0) return;
  result.observe([...authorities].every((authority) => authority() === "ok") ? 1 : 0);
}
