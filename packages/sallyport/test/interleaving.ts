import assert from "node:assert/strict";
import { mock } from "node:test";
import { setImmediate as checkPhase } from "node:timers/promises";
import fc from "fast-check";
import type { createBatcher } from "../src/core/batcher.ts";

const keys = ["a", "b", "c"];
const limits = { maxBatch: 2, maxInFlight: 2, maxWaiting: 4 };
export const deadlineMs = 3;

/** How often each thing happens, beside the others. */
const frequencies = { ask: 6, write: 3, read: 3, answer: 3, fail: 1, giveUp: 1, passTime: 1 };

type Event = keyof typeof frequencies;
/** What happens, to which of those it can happen to, and how far the program runs before the next. */
type Step = readonly [Event, number, "at once" | "after promises" | "after a turn"];

/** Asks, writes, reads, answers and troubles in any order. */
export const interleavings: fc.Arbitrary<Step[]> = fc.array(
  fc.tuple(
    fc.oneof(
      ...Object.entries(frequencies).map(([event, weight]) => ({
        weight,
        arbitrary: fc.constant(event as Event),
      })),
    ),
    fc.nat(5),
    fc.constantFrom("at once", "after promises", "after a turn"),
  ),
  { maxLength: 60, size: "max" },
);

interface Request {
  key: string;
  arrivedAtMs: number;
  versionAtArrival: number;
  leaving: AbortController;
}

/** What storage says of a key. Its version counts the writes to it, each acknowledged at once. */
interface Reading {
  key: string;
  version: number;
}

/** How a request ended. */
export type Ending = Request & { endedAtMs: number } & ({ answer: Reading } | { cause: unknown });

interface Call {
  keys: readonly string[];
  /** What storage said so far, of each key at its own moment. */
  versions: Map<string, number>;
  answer(readings: Reading[]): void;
  fail(cause: Error): void;
}

/** Its message is the call's keys. */
export class CallFailed extends Error {}

/** Lets the steps happen to a batcher, then the rest of its calls end well; tells all endings. */
export async function interleave(create: typeof createBatcher, steps: Step[]): Promise<Ending[]> {
  const storage = new Map(keys.map((key) => [key, 0]));
  const versionOf = (key: string) => storage.get(key) ?? 0;
  const requests = new Set<Request>();
  const calls = new Set<Call>();
  const endings: Ending[] = [];
  let nowMs = 0;

  const { ask } = create<Reading>((askedKeys) => {
    assert.ok(askedKeys.length <= limits.maxBatch && calls.size < limits.maxInFlight);
    assert.equal(new Set(askedKeys).size, askedKeys.length);
    return new Promise((resolve, reject) => {
      calls.add({ keys: askedKeys, versions: new Map(), answer: resolve, fail: reject });
    });
  }, limits);

  const happen = {
    ask(choice) {
      const key = pick(keys, choice);
      assert.ok(key !== undefined);
      const request = {
        key,
        versionAtArrival: versionOf(key),
        arrivedAtMs: nowMs,
        leaving: new AbortController(),
      };
      requests.add(request);
      const end = (how: { answer: Reading } | { cause: unknown }) => {
        requests.delete(request);
        endings.push({ ...request, ...how, endedAtMs: nowMs });
      };
      ask(key, { deadlineMs, signal: request.leaving.signal }).then(
        (answer) => end({ answer }),
        (cause: unknown) => end({ cause }),
      );
    },
    write(choice) {
      const key = pick(keys, choice);
      if (key !== undefined) storage.set(key, versionOf(key) + 1);
    },
    read(choice) {
      const call = pick(calls, choice);
      const key = call?.keys.find((unread) => !call.versions.has(unread));
      if (key !== undefined) call?.versions.set(key, versionOf(key));
    },
    answer(choice) {
      const call = pick(calls, choice);
      if (call === undefined) return;
      calls.delete(call);
      call.answer(
        call.keys.map((key) => ({ key, version: call.versions.get(key) ?? versionOf(key) })),
      );
    },
    fail(choice) {
      const call = pick(calls, choice);
      if (call === undefined) return;
      calls.delete(call);
      call.fail(new CallFailed(call.keys.join()));
    },
    giveUp(choice) {
      pick(requests, choice)?.leaving.abort();
    },
    async passTime() {
      await promises();
      nowMs += 1;
      mock.timers.tick(1);
      await promises();
    },
  } satisfies Record<Event, (choice: number) => void | Promise<void>>;

  mock.timers.enable({ apis: ["setTimeout"] });
  try {
    for (const [event, choice, next] of steps) {
      await happen[event](choice);
      if (next !== "at once") await promises();
      if (next === "after a turn") await checkPhase();
    }
    for (let turns = 0; requests.size > 0; turns++) {
      assert.ok(turns < 2 * steps.length, "somebody waits for ever");
      await checkPhase();
      happen.answer(0);
      await promises();
    }
    return endings;
  } finally {
    mock.timers.reset();
  }
}

/** Until no promise has anything left to say. */
function promises(): Promise<void> {
  return new Promise((resolve) => process.nextTick(resolve));
}

function pick<Item>(items: Iterable<Item>, choice: number): Item | undefined {
  const all = [...items];
  return all[choice % all.length];
}
