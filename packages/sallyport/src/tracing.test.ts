import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import {
  context,
  createTraceState,
  propagation,
  ROOT_CONTEXT,
  TraceFlags,
  trace,
} from "@opentelemetry/api";
import { patientMs } from "../test/auth-server.ts";
import { outcomeOf, request } from "../test/every-outcome.ts";
import { setUpTracing } from "../test/open-telemetry.ts";
import { betterAuthSession, createGuard, type Guard } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

const spans = setUpTracing();

describe("a guard whose validations are traced", () => {
  let auth: FakeBetterAuth;
  let guard: Guard;
  let batching: Guard;
  let traceIdInHook: string | undefined;

  before(async () => {
    auth = await fakeBetterAuth();
    const options = { url: auth.url, deadlineMs: patientMs, serviceKey: auth.serviceKey };
    batching = createGuard({ schemes: [betterAuthSession(options)] });
    guard = createGuard({
      schemes: [betterAuthSession({ ...options, batch: false })],
      onDecision() {
        traceIdInHook = trace.getActiveSpan()?.spanContext().traceId;
      },
    });
  });
  after(async () => {
    await guard.close();
    await batching.close();
    await auth.close();
  });
  beforeEach(() => spans.reset());

  test("SEC13 sends the trace context on, and nothing else that a propagator writes", async () => {
    const ada = auth.signIn();
    const incoming = {
      traceId: "0af7651916cd43dd8448eb211c80319c",
      spanId: "b7ad6b7169203331",
      traceFlags: TraceFlags.SAMPLED,
      traceState: createTraceState("vendor=opaque"),
    };
    const baggage = propagation.createBaggage({ "user-tier": { value: "gold" } });
    const parent = propagation.setBaggage(trace.setSpanContext(ROOT_CONTEXT, incoming), baggage);
    assert.equal(await context.with(parent, () => outcomeOf(guard, request(ada))), "allowed");

    const [span] = spans.finished();
    assert.equal(span?.parentSpanContext?.spanId, incoming.spanId);
    const { traceId, spanId } = span?.spanContext() ?? {};
    assert.equal(traceId, incoming.traceId);
    assert.deepEqual(auth.requests.at(-1)?.headers, {
      accept: "application/json",
      connection: "keep-alive",
      cookie: ada.cookie,
      host: new URL(auth.url).host,
      traceparent: `00-${traceId}-${spanId}-01`,
      tracestate: "vendor=opaque",
      "x-sallyport-key": auth.serviceKey,
    });
  });

  test("keeps each validation in its own trace, those that wait for their turn too", async () => {
    const sessions = Array.from({ length: 200 }, () => auth.signIn());
    const before = auth.requests.length;
    const tracer = trace.getTracer("test");
    const traceIds = new Map<string | undefined, string>();
    await Promise.all(
      sessions.map((session) =>
        tracer.startActiveSpan("request", async (span) => {
          traceIds.set(session.cookie, span.spanContext().traceId);
          assert.equal(await outcomeOf(guard, request(session)), "allowed");
          span.end();
        }),
      ),
    );
    const seen = auth.requests.slice(before);
    assert.equal(seen.length, sessions.length);
    for (const { headers } of seen) {
      const [, traceId] = String(headers.traceparent).split("-");
      assert.equal(traceId, traceIds.get(headers.cookie));
    }
  });

  test("SEC13 sends no trace context with a batch, which is of many; each validation keeps its own span", async () => {
    const sessions = Array.from({ length: 20 }, () => auth.signIn());
    const before = auth.requests.length;
    const tracer = trace.getTracer("test");
    const traceIds = await Promise.all(
      sessions.map((session) =>
        tracer.startActiveSpan("request", async (span) => {
          assert.equal(await outcomeOf(batching, request(session)), "allowed");
          // What follows is in the request's own trace again, not in that of whoever left first.
          assert.equal(trace.getActiveSpan(), span);
          span.end();
          return span.spanContext().traceId;
        }),
      ),
    );
    const [call, ...others] = auth.requests.slice(before);
    assert.deepEqual(others, []);
    const { "content-length": _, ...headers } = call?.headers ?? {};
    assert.deepEqual(headers, {
      accept: "application/json",
      connection: "keep-alive",
      "content-type": "application/json",
      host: new URL(auth.url).host,
      "x-sallyport-key": auth.serviceKey,
    });
    const validations = spans.finished().filter(({ name }) => name === "sallyport.authenticate");
    assert.deepEqual(validations.map((span) => span.spanContext().traceId).sort(), traceIds.sort());
  });

  test("runs the hook inside the span, so that its log line can name the trace", async () => {
    await outcomeOf(guard, request(auth.signIn()));
    assert.equal(traceIdInHook, spans.finished()[0]?.spanContext().traceId);
  });
});
