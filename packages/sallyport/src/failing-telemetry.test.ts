import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import {
  createNoopMeter,
  type Meter,
  metrics,
  propagation,
  type TextMapPropagator,
} from "@opentelemetry/api";
import { patientMs } from "../test/auth-server.ts";
import { outcomeOf, request } from "../test/every-outcome.ts";
import { betterAuthSession, createGuard } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

let auth: FakeBetterAuth;
before(async () => {
  auth = await fakeBetterAuth();
});
after(() => auth.close());

const fails = () => {
  throw new Error("telemetry is out of order");
};

test("meters and propagators that throw, against their specification, change no decision", async () => {
  const meter: Meter = {
    ...createNoopMeter(),
    createHistogram: () => ({ record: fails }),
    createUpDownCounter: () => ({ add: fails }),
    createObservableGauge: () => ({ addCallback: fails, removeCallback: fails }),
  };
  const propagator: TextMapPropagator = {
    inject: fails,
    extract: (active) => active,
    fields: () => [],
  };
  metrics.setGlobalMeterProvider({ getMeter: () => meter });
  propagation.setGlobalPropagator(propagator);
  const guard = createGuard({
    schemes: [betterAuthSession({ url: auth.url, deadlineMs: patientMs })],
  });
  try {
    for (let i = 0; i < 6; i++)
      assert.equal(await outcomeOf(guard, request(auth.signIn())), "allowed");
    assert.equal(guard.authority(), "ok", "it is no outage of the authority's");
  } finally {
    await guard.close();
  }
});
