import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import { type Bytes, type HostileAnswer, hostileAnswers } from "../test/hostile-answers.ts";
import { hostileBytes } from "../test/hostile-bytes.ts";
import { tokenOf, type WatchedGuard, watchedGuard } from "../test/watched-guard.ts";
import type { AuthResult } from "./index.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "./testing.ts";

interface Lane {
  session: FakeSession;
  /** The body of Better Auth's true answer. */
  truth: string;
  guard: WatchedGuard;
}

describe(`hostile answers of the authority (seed ${fuzzSeed})`, () => {
  const lanes: Lane[] = [];
  /** What the look-ups with this cookie are answered with; without a plan, with the truth. */
  const plans = new Map<string | undefined, HostileAnswer | Bytes>();
  let fake: FakeBetterAuth;

  before(async () => {
    fake = await fakeBetterAuth();
    const sessions = Array.from({ length: 8 }, () => fake.signIn());
    for (const session of sessions) {
      const { cookie } = session;
      const answer = await fetch(`${fake.url}/get-session`, { headers: { cookie } });
      const guard = watchedGuard(fake.url, sessions);
      lanes.push({ session, truth: await answer.text(), guard });
    }
    await fake.fail(({ headers, socket }, response) => {
      const plan = plans.get(headers.cookie);
      if (typeof plan === "string") return void socket.end(plan, "latin1");
      if (plan) {
        response.writeHead(plan.status, plan.headers.flat());
        return response.end(plan.body, "latin1");
      }
      const lane = lanes.find(({ session }) => session.cookie === headers.cookie);
      return response.writeHead(200).end(lane?.truth);
    });
  });
  after(async () => {
    await Promise.all(lanes.map(({ guard }) => guard.close()));
    await fake.close();
  });

  /** Eight look-ups at once, each on its own guard; after an outage the next good answer counts. */
  async function askAll<Plan extends HostileAnswer | Bytes>(
    planned: readonly Plan[],
    judge: (result: AuthResult, plan: Plan, lane: Lane) => void,
  ) {
    const asked = lanes.map(async (lane, index) => {
      const { guard, session } = lane;
      const request = { method: "GET", headers: new Headers({ cookie: session.cookie }) };
      const plan = planned[index];
      assert.ok(plan !== undefined);
      plans.set(session.cookie, plan);
      const result = await guard.authenticate(request);
      plans.delete(session.cookie);
      const next = isOutage(result) ? await guard.authenticate(request) : undefined;
      return { lane, plan, result, next };
    });
    for (const { lane, plan, result, next } of await Promise.all(asked)) {
      lane.guard.assertDiscreet(result);
      judge(result, plan, lane);
      assert.ok(next?.ok !== false, "the next good answer counts");
    }
  }

  test("SEC14 SEC15 only a valid session opens, and only Better Auth's own word ends one", async () => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...lanes.map(({ truth, session }) => hostileAnswers(truth, tokenOf(session)))),
        (answers) =>
          askAll(answers, (result, answer, { session }) => {
            const outcome = result.ok ? "allowed" : result.failure.code;
            seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
            const body = parse(answer.body);
            if (result.ok) {
              assert.equal(answer.status, 200);
              assert.equal(own(body, "session", "token"), tokenOf(session));
              const userId = own(body, "user", "id");
              assert.ok(typeof userId === "string" && userId !== "");
              assert.equal(own(body, "session", "userId"), userId);
              assert.equal(result.user.userId, userId);
              assert.notEqual(own(body, "user", "banned"), true);
              const expiresAt = Date.parse(String(own(body, "session", "expiresAt")));
              assert.ok(expiresAt > Date.now());
              assert.equal(result.expiresAt.getTime(), expiresAt);
            } else if (outcome === "session_invalid") {
              assert.ok(endsTheSession(answer.status, body));
            } else {
              assert.ok(isOutage(result));
            }
          }),
      ),
      fuzzed(0.45, lanes.length),
    );
    assert.deepEqual([...seen.keys()].sort(), [
      "allowed",
      "authority_unavailable",
      "session_invalid",
    ]);
  });

  test("SEC14 bytes that are hardly HTTP open nothing, end nothing and show nothing", async () => {
    const bodies = (truth: string) => [truth, "null", '{"code":"UNAUTHORIZED"}', "<html>"];
    await fc.assert(
      fc.asyncProperty(
        fc.tuple(...lanes.map(({ truth }) => hostileBytes(bodies(truth)))),
        (planned) =>
          askAll(planned, (result, bytes, { session }) => {
            if (result.ok) {
              assert.equal(result.user.userId, session.user.id);
              assert.match(bytes, /HTTP\/\d\.\d 200/);
              assert.ok(bytes.includes(tokenOf(session)));
            } else if (result.failure.code === "session_invalid") {
              assert.match(bytes, /HTTP\/\d\.\d (200.*null|401.*UNAUTHORIZED)/s);
            } else {
              assert.ok(isOutage(result));
            }
          }),
      ),
      fuzzed(0.05, lanes.length),
    );
  });
});

function isOutage(result: AuthResult): boolean {
  return !result.ok && result.failure.code === "authority_unavailable";
}

/** JSON as a browser would read it (Fetch 5.2); undefined for what is none. */
function parse(body: Bytes): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(Buffer.from(body, "latin1")));
  } catch {
    return undefined;
  }
}

/** A member of a member, none of them inherited. */
function own(value: unknown, ...path: string[]): unknown {
  return path.reduce<unknown>(
    (holder, key) =>
      typeof holder === "object" && holder !== null && Object.hasOwn(holder, key)
        ? Reflect.get(holder, key)
        : undefined,
    value,
  );
}

function endsTheSession(status: number, body: unknown): boolean {
  if (status === 200) return body === null || own(body, "user", "banned") === true;
  const code = own(body, "code");
  return (
    status === 401 &&
    (code === "UNAUTHORIZED" || code === "FAILED_TO_GET_SESSION" || code === "session_invalid")
  );
}
