import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { inspect } from "node:util";
import { DiagLogLevel, diag, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { patientMs } from "../test/auth-server.ts";
import { everyOutcome, outcomeOf, request } from "../test/every-outcome.ts";
import { setUpMetrics, setUpTracing } from "../test/open-telemetry.ts";
import {
  betterAuthSession,
  createGuard,
  type Decision,
  type DecisionHook,
  type Guard,
} from "./index.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth, faults } from "./testing.ts";

const everything = { depth: 20, maxArrayLength: null, maxStringLength: null };
const ours = new Set(["authority_unavailable", "internal_error"]);
const spans = setUpTracing();

function credentialsOf({ cookie }: FakeSession): string[] {
  const [name = ""] = cookie.split("=");
  const [token = "", signature = ""] = decodeURIComponent(cookie)
    .slice(name.length + 1)
    .split(".");
  return [token, signature, encodeURIComponent(signature), cookie];
}

interface Options {
  onDecision?: DecisionHook;
  deadlineMs?: number;
  url?: string;
  batch?: boolean;
}

describe("a guard that is watched", () => {
  let auth: FakeBetterAuth;
  let ada: FakeSession;
  let validations: ReturnType<typeof everyOutcome>;
  let guards: Guard[];
  let metrics: ReturnType<typeof setUpMetrics>;

  before(async () => {
    auth = await fakeBetterAuth();
    ada = auth.signIn();
    validations = everyOutcome(auth, ada);
  });
  after(() => auth.close());
  beforeEach(() => {
    guards = [];
    metrics = setUpMetrics();
    spans.reset();
  });
  afterEach(async () => {
    await auth.recover();
    for (const guard of guards) await guard.close();
  });

  function start({ onDecision, deadlineMs = patientMs, url = auth.url, batch }: Options = {}) {
    const { serviceKey } = auth;
    const schemes = [betterAuthSession({ url, deadlineMs, serviceKey, batch })];
    const guard = createGuard({ schemes, onDecision });
    guards.push(guard);
    return guard;
  }

  test("each outcome is counted, traced and told once, under its name", async (t) => {
    for (const [outcome, validate] of Object.entries(validations)) {
      await t.test(outcome, async () => {
        metrics = setUpMetrics();
        spans.reset();
        const told: Decision[] = [];
        const guard = start({ onDecision: (decision) => void told.push(decision) });
        assert.equal(await validate(guard), outcome);

        const [decision] = told;
        assert.equal(told.length, 1);
        assert.ok(decision);
        assert.equal(decision.outcome, outcome);
        assert.ok(decision.durationMs >= 0 && decision.durationMs < patientMs);
        assert.equal(decision.failure?.code, outcome === "allowed" ? undefined : outcome);
        assert.equal(decision.failure?.cause !== undefined, ours.has(outcome));
        const isKnown = outcome === "allowed" || outcome === "user_mismatch";
        assert.equal(decision.userId, isKnown ? ada.user.id : undefined);

        const attributes = {
          "sallyport.outcome": outcome,
          ...(decision.scheme && { "sallyport.scheme": decision.scheme }),
        };
        const [counted, ...others] = await metrics.read("sallyport.authenticate.duration");
        assert.deepEqual(others, []);
        assert.deepEqual(counted?.attributes, attributes);
        assert.equal(counted?.value, 1);

        const [span, ...more] = spans.finished();
        assert.deepEqual(more, []);
        assert.equal(span?.name, "sallyport.authenticate");
        assert.equal(span?.kind, SpanKind.CLIENT);
        assert.deepEqual(span?.attributes, attributes);
        const code = ours.has(outcome) ? SpanStatusCode.ERROR : SpanStatusCode.UNSET;
        assert.deepEqual(span?.status, { code });
        assert.deepEqual(span?.events, []);
      });
    }
  });

  test("the scheme is named where a credential was looked at, and nowhere else", async () => {
    const told: Decision[] = [];
    const guard = start({ onDecision: (decision) => void told.push(decision) });
    for (const validate of Object.values(validations)) await validate(guard);
    const unnamed = told.filter(({ scheme }) => scheme === undefined);
    assert.deepEqual(
      unnamed.map(({ outcome }) => outcome),
      ["malformed_request", "credentials_missing", "internal_error"],
    );
  });

  test("the buckets of the duration end at the longest deadline, in seconds", async () => {
    await outcomeOf(start(), request(ada));
    const [duration] = await metrics.read("sallyport.authenticate.duration");
    assert.equal(duration?.boundaries?.at(0), 0.001);
    assert.equal(duration?.boundaries?.at(-1), 5);
  });

  test("metrics that are set up after the guard was created are served all the same", async () => {
    const guard = start();
    metrics = setUpMetrics();
    await outcomeOf(guard, request(ada));
    assert.equal((await metrics.read("sallyport.authenticate.duration"))[0]?.value, 1);
    assert.equal((await metrics.read("sallyport.authority.available"))[0]?.value, 1);
  });

  test("validations under way are counted, and none is left after any fault", async () => {
    const active = async () => (await metrics.read("sallyport.authenticate.active"))[0]?.value;
    const arrival = Promise.withResolvers<void>();
    await auth.fail(() => arrival.resolve());
    const held = start({ deadlineMs: 200 }).authenticate(request(ada));
    await arrival.promise;
    assert.equal(await active(), 1);
    await held;
    assert.equal(await active(), 0);

    for (const fault of faults) {
      // Each fault meets a guard of its own: an open breaker would hide it.
      const guard = start({ deadlineMs: 200 });
      await auth.fail(fault);
      await Promise.all([1, 2, 3].map(() => guard.authenticate(request(ada))));
      assert.equal(await active(), 0, fault);
    }
  });

  test("the authority is unavailable while the breaker is open, and no longer", async () => {
    const guard = start();
    const available = async () => (await metrics.read("sallyport.authority.available"))[0]?.value;
    assert.equal(await available(), 1);
    await auth.fail("connection-refused");
    while (guard.authority() === "ok") await guard.authenticate(request(ada));
    assert.equal(await available(), 0);

    await auth.recover();
    const deadline = AbortSignal.timeout(patientMs);
    while (!(await guard.authenticate(request(ada))).ok) {
      deadline.throwIfAborted();
      await setTimeout(20);
    }
    assert.equal(await available(), 1);
  });

  test("of several guards the worst is shown, and a closed one no longer counts", async () => {
    const available = async () => await metrics.read("sallyport.authority.available");
    const other = await fakeBetterAuth();
    const lost = start({ url: other.url });
    start();
    await other.close();
    while (lost.authority() === "ok") await lost.authenticate(request(ada));
    assert.deepEqual(await available(), [{ attributes: {}, value: 0 }]);
    await lost.close();
    assert.deepEqual(await available(), [{ attributes: {}, value: 1 }]);
  });

  test("SEC29 no metric or span holds a credential, a user or a path", async () => {
    const guard = start();
    for (const validate of Object.values(validations)) await validate(guard);
    const exported = inspect(
      [await metrics.collect(), spans.finished().map(({ resource, ...span }) => span)],
      everything,
    );
    assert.match(exported, /internal_error/);
    const { id, email } = ada.user;
    const others = [auth.serviceKey, id, email, "path-of-ada", "cannot read"];
    for (const told of [...credentialsOf(ada), ...others]) {
      assert.ok(told.length > 10 && !exported.includes(told), told);
    }
  });

  for (const batch of [false, true]) {
    test(`SEC29 no cause of an outage holds a credential, all its members read, with batch: ${batch}`, async () => {
      const [token] = credentialsOf(ada);
      const body = JSON.stringify({ session: { token } });
      const unparsable: RequestListener = ({ socket }) =>
        void socket.end(`HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}\r\n`);
      for (const fault of [...faults, unparsable]) {
        await auth.fail(fault);
        const guard = start({ deadlineMs: 200, batch });
        const result = await guard.authenticate(request(ada));
        if (result.ok) continue;
        const cause = inspect(result.failure.cause, { ...everything, showHidden: true });
        for (const told of [...credentialsOf(ada), auth.serviceKey]) {
          assert.ok(!cause.includes(told), `${fault}: ${cause}`);
        }
      }
    });
  }

  const hooks: [what: string, hook: DecisionHook][] = [
    ["throws", () => assert.fail("by the hook")],
    ["rejects", () => Promise.reject(new Error("by the hook"))],
    ["never ends", () => new Promise(() => {})],
  ];
  for (const [what, hook] of hooks) {
    test(`a hook that ${what} changes nothing`, async () => {
      const guard = start({ onDecision: hook });
      for (const [outcome, validate] of Object.entries(validations)) {
        assert.equal(await validate(guard), outcome);
      }
    });
  }

  test("a hook that fails is heard of in OpenTelemetry's own log", async () => {
    const lines: unknown[][] = [];
    const log = (...line: unknown[]) => void lines.push(line);
    const logger = { error: log, warn: log, info: log, debug: log, verbose: log };
    diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR });
    const cause = new Error("by the hook");
    await outcomeOf(start({ onDecision: () => Promise.reject(cause) }), request());
    diag.disable();
    assert.deepEqual(lines, [["sallyport: onDecision failed", cause]]);
  });
});
