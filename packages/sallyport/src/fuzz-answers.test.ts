import assert from "node:assert/strict";
import type { IncomingMessage } from "node:http";
import { json } from "node:stream/consumers";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import * as z from "zod";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import { type Mode, modes, signedSession } from "../test/guarded-fake.ts";
import { type Bytes, type HostileAnswer, hostileAnswers } from "../test/hostile-answers.ts";
import { hostileBytes } from "../test/hostile-bytes.ts";
import { tokenOf, type WatchedGuard, watchedGuard } from "../test/watched-guard.ts";
import type { AuthResult } from "./index.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "./testing.ts";

/** Sessions that are looked up at once, by a guard of their own. */
interface Lane {
  sessions: [FakeSession, ...FakeSession[]];
  /** The body of Better Auth's true answer to the call. */
  truth: string;
  guard: WatchedGuard;
}

/** In one call. */
const sessionsIn = { single: 1, batched: 3 } satisfies Record<Mode, number>;
const noSessions = { single: "null", batched: '{"results":[null,null,null]}' };

for (const mode of modes) {
  describe(`hostile answers of the authority to ${mode} look-ups (seed ${fuzzSeed})`, () => {
    const lanes: Lane[] = [];
    /** What a lane's call is answered with, by its first session; without a plan, with the truth. */
    const plans = new Map<string, HostileAnswer | Bytes>();
    let fake: FakeBetterAuth;

    before(async () => {
      fake = await fakeBetterAuth();
      for (let lane = 0; lane < 8; lane++) {
        const others = Array.from({ length: sessionsIn[mode] - 1 }, () => fake.signIn());
        const sessions: Lane["sessions"] = [fake.signIn(), ...others];
        const guard = watchedGuard(fake, sessions, { batch: mode === "batched" });
        lanes.push({ sessions, truth: await askTruth(mode, fake, sessions), guard });
      }
      await fake.fail(async (request, response) => {
        const { first } = await readCall(request);
        const plan = plans.get(first);
        if (typeof plan === "string") return request.socket.end(plan, "latin1");
        if (plan) {
          response.writeHead(plan.status, plan.headers.flat());
          return response.end(plan.body, "latin1");
        }
        const lane = lanes.find(({ sessions }) => signedSession(sessions[0]) === first);
        return response.writeHead(200).end(lane?.truth);
      });
    });
    after(async () => {
      await Promise.all(lanes.map(({ guard }) => guard.close()));
      await fake.close();
    });

    /** Eight calls at once, each of its own guard; after an outage the next good answer counts. */
    async function askAll<Plan extends HostileAnswer | Bytes>(
      planned: readonly Plan[],
      judge: (result: AuthResult, plan: Plan, asked: Asked) => void,
    ) {
      const asked = lanes.map(async (lane, index) => {
        const { guard, sessions } = lane;
        const plan = planned[index];
        assert.ok(plan !== undefined);
        const authenticate = ({ cookie }: FakeSession) =>
          guard.authenticate({ method: "GET", headers: new Headers({ cookie }) });
        plans.set(signedSession(sessions[0]), plan);
        const results = await Promise.all(sessions.map(authenticate));
        plans.delete(signedSession(sessions[0]));
        const next = results.some(isOutage) ? await Promise.all(sessions.map(authenticate)) : [];
        return { guard, sessions, plan, results, next };
      });
      for (const { guard, sessions, plan, results, next } of await Promise.all(asked)) {
        for (const [index, session] of sessions.entries()) {
          const result = results[index];
          assert.ok(result);
          guard.assertDiscreet(result);
          judge(result, plan, { session, index });
        }
        assert.ok(
          next.every(({ ok }) => ok),
          "the next good answer counts",
        );
      }
    }

    test("SEC14 SEC15 only a valid session opens, and only Better Auth's own word ends one", async () => {
      const seen = new Set<string>();
      const planned = lanes.map(({ truth, sessions }) =>
        hostileAnswers({
          validBody: truth,
          sessionAt: mode === "batched" ? ["results", "1"] : [],
          none: noSessions[mode],
          token: tokenOf(sessions[0]),
        }).filter(({ status }) => mode === "single" || status !== withoutBatches),
      );
      await fc.assert(
        fc.asyncProperty(fc.tuple(...planned), (answers) =>
          askAll(answers, (result, answer, asked) => {
            seen.add(result.ok ? "allowed" : result.failure.code);
            const said = mode === "single" ? saidOfOne(answer, asked) : saidOfMany(answer, asked);
            if (result.ok) {
              assert.ok(said.kind === "session");
              assert.ok(typeof said.userId === "string" && said.userId !== "");
              assert.equal(result.user.userId, said.userId);
              const expiresAt = Date.parse(String(said.expiresAt));
              assert.ok(expiresAt > Date.now());
              assert.equal(result.expiresAt.getTime(), expiresAt);
            } else if (result.failure.code === "session_invalid") {
              assert.equal(said.kind, "none");
            } else {
              assert.ok(isOutage(result));
            }
          }),
        ),
        fuzzed(0.45, lanes.length),
      );
      assert.deepEqual([...seen].sort(), ["allowed", "authority_unavailable", "session_invalid"]);
    });

    test("SEC14 bytes that are hardly HTTP open nothing, end nothing and show nothing", async () => {
      const bodies = (truth: string) => [
        truth,
        noSessions[mode],
        '{"code":"UNAUTHORIZED"}',
        "<html>",
      ];
      await fc.assert(
        fc.asyncProperty(
          fc.tuple(...lanes.map(({ truth }) => hostileBytes(bodies(truth)))),
          (planned) =>
            askAll(planned, (result, bytes, { session }) => {
              if (result.ok) {
                assert.equal(result.user.userId, session.user.id);
                assert.match(bytes, /HTTP\/\d\.\d 200/);
                assert.ok(bytes.includes(session.user.id));
              } else if (result.failure.code === "session_invalid") {
                const words =
                  mode === "single" ? /(200.*null|401.*UNAUTHORIZED)/s : /200.*\[null,null,null]/s;
                assert.match(bytes, words);
              } else {
                assert.ok(isOutage(result));
              }
            }),
        ),
        fuzzed(0.05, lanes.length),
      );
    });
  });
}

/** Who answers so is asked without batches for a minute: batched-sessions.test.ts has that. */
const withoutBatches = 404;

const batch = z.object({ sessions: z.tuple([z.string()], z.string()) });

async function readCall(request: IncomingMessage): Promise<{ first: string }> {
  if (request.method !== "POST")
    return { first: signedSession({ cookie: `${request.headers.cookie}` }) };
  const [first] = batch.parse(await json(request)).sessions;
  return { first };
}

async function askTruth(
  mode: Mode,
  { url, serviceKey }: FakeBetterAuth,
  sessions: Lane["sessions"],
): Promise<string> {
  const [{ cookie }] = sessions;
  const answer =
    mode === "single"
      ? await fetch(`${url}/get-session`, { headers: { cookie } })
      : await fetch(`${url}/sallyport/sessions`, {
          method: "POST",
          headers: { "X-Sallyport-Key": serviceKey },
          body: JSON.stringify({ sessions: sessions.map(signedSession) }),
        });
  return answer.text();
}

function isOutage(result: AuthResult): boolean {
  return !result.ok && result.failure.code === "authority_unavailable";
}

interface Asked {
  session: FakeSession;
  /** Its place in the call. */
  index: number;
}

/** What an answer says of a session; `nothing` covers all that is no answer to trust. */
type Said =
  | { kind: "session"; userId: unknown; expiresAt: unknown }
  | { kind: "none" }
  | { kind: "nothing" };

function saidOfOne({ status, body: bytes }: HostileAnswer, { session }: Asked): Said {
  const body = parse(bytes);
  if (endsTheSession(status, body)) return { kind: "none" };
  const userId = own(body, "user", "id");
  const isIts = own(body, "session", "token") === tokenOf(session);
  if (status !== 200 || !isIts || own(body, "session", "userId") !== userId) {
    return { kind: "nothing" };
  }
  return { kind: "session", userId, expiresAt: own(body, "session", "expiresAt") };
}

function saidOfMany({ status, body }: HostileAnswer, { index }: Asked): Said {
  const results = own(parse(body), "results");
  const isWhole = Array.isArray(results) && results.length === sessionsIn.batched;
  if (status !== 200 || !isWhole) return { kind: "nothing" };
  const said: unknown = results[index];
  if (said === null) return { kind: "none" };
  const userId = own(said, "user", "id");
  return { kind: "session", userId, expiresAt: own(said, "session", "expiresAt") };
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
