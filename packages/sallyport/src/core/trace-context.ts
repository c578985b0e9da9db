import { context, propagation } from "@opentelemetry/api";
import { contain } from "./hook.ts";

/** W3C Trace Context 3.2 and 3.3. */
const admitted = new Set(["traceparent", "tracestate"]);

/**
 * The headers that join the authority's spans to the active one; none unless the user has set
 * OpenTelemetry up. Propagators may write more (baggage, B3): what they write can come from the
 * client, and nothing else of the client's is sent on.
 */
export function traceContextHeaders(): Record<string, string> {
  const headers: Record<string, string> = {};
  contain("a propagator", () =>
    propagation.inject(context.active(), headers, {
      set(carrier, name, value) {
        if (admitted.has(name)) carrier[name] = value;
      },
    }),
  );
  return headers;
}
