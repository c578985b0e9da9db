import {
  type Attributes,
  context,
  metrics,
  propagation,
  type TextMapPropagator,
  trace,
} from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { DataPointType, MeterProvider, MetricReader } from "@opentelemetry/sdk-metrics";
import {
  InMemorySpanExporter,
  SimpleSpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";

/** Writes what W3C Trace Context, W3C Baggage and B3 write together. */
const propagator: TextMapPropagator = {
  inject(active, carrier, setter) {
    const span = trace.getSpanContext(active);
    if (!span) return;
    const { traceId, spanId, traceState } = span;
    setter.set(carrier, "traceparent", `00-${traceId}-${spanId}-01`);
    if (traceState) setter.set(carrier, "tracestate", traceState.serialize());
    const baggage = propagation.getBaggage(active)?.getAllEntries() ?? [];
    const entries = baggage.map(([name, { value }]) => `${name}=${value}`);
    setter.set(carrier, "baggage", entries.join(","));
    setter.set(carrier, "b3", `${traceId}-${spanId}-1`);
  },
  extract: (active) => active,
  fields: () => ["traceparent", "tracestate", "baggage", "b3"],
};

/** Sets up tracing for this process, as a user would. */
export function setUpTracing() {
  const exporter = new InMemorySpanExporter();
  const spanProcessors = [new SimpleSpanProcessor({ exporter })];
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(propagator);
  trace.setGlobalTracerProvider(new TracerProvider({ spanProcessors }));
  return {
    finished: () => exporter.getFinishedSpans(),
    reset: () => exporter.reset(),
  };
}

class ManualReader extends MetricReader {
  protected override async onForceFlush() {}
  protected override async onShutdown() {}
}

export interface Measurement {
  attributes: Attributes;
  /** The count of a histogram, the value of anything else. */
  value: number;
  /** Of a histogram, in its own unit. */
  boundaries?: number[];
}

/** Sets up metrics for this process, in place of those that were set up before. */
export function setUpMetrics() {
  const reader = new ManualReader();
  metrics.disable();
  metrics.setGlobalMeterProvider(new MeterProvider({ readers: [reader] }));

  async function collect() {
    const { resourceMetrics, errors } = await reader.collect();
    if (errors.length > 0) throw new AggregateError(errors);
    return resourceMetrics.scopeMetrics;
  }
  return {
    collect,
    async read(name: string): Promise<Measurement[]> {
      const all = (await collect()).flatMap((scope) => scope.metrics);
      const found = all.find(({ descriptor }) => descriptor.name === name);
      switch (found?.dataPointType) {
        case DataPointType.HISTOGRAM:
          return found.dataPoints.map(({ attributes, value: { count, buckets } }) => ({
            attributes,
            value: count,
            boundaries: buckets.boundaries,
          }));
        case DataPointType.GAUGE:
        case DataPointType.SUM:
          return found.dataPoints.map(({ attributes, value }) => ({ attributes, value }));
        default:
          return [];
      }
    },
  };
}
