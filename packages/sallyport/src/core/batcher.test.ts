import assert from "node:assert/strict";
import { getEventListeners } from "node:events";
import { describe, test } from "node:test";
import { setImmediate as checkPhase } from "node:timers/promises";
import { createBatcher } from "./batcher.ts";
import type { Patience } from "./patience.ts";

const patient = { deadlineMs: 60_000 };
const limits = { maxBatch: 3, maxInFlight: 2, maxWaiting: 8 };
const answerTo = (key: string) => `answer to ${key}`;

/** To the end of this turn of the event loop: promises first, then what was put off to it. */
async function turn(): Promise<void> {
  await new Promise<void>((resolve) => process.nextTick(resolve));
  await checkPhase();
}

interface HeldCall {
  keys: readonly string[];
  answer(answers?: readonly string[]): void;
  fail(cause: Error): void;
}

/** A batcher whose calls end when the test says, and how. */
function heldBatcher(own: Partial<typeof limits> = {}) {
  const calls: HeldCall[] = [];
  const { ask, close } = createBatcher<string>(
    (keys) =>
      new Promise((resolve, reject) => {
        const answer = (answers = keys.map(answerTo)) => resolve(answers);
        calls.push({ keys, answer, fail: reject });
      }),
    { ...limits, ...own },
  );
  return {
    ask: (key: string, patience: Patience = patient) => ask(key, patience),
    askEach: (keys: string) => [...keys].map((key) => ask(key, patient)),
    close,
    calls,
    keysOfCalls: () => calls.map(({ keys }) => keys.join("")),
    /** Answers the calls under way, and those that follow them. */
    async answerAll() {
      for (let answered = 0; answered < calls.length; await turn()) {
        for (; answered < calls.length; answered++) calls[answered]?.answer();
      }
    },
  };
}

function stateOf(ask: Promise<unknown>) {
  return Promise.race([
    ask.then(
      () => "answered",
      () => "rejected",
    ),
    turn().then(() => "waits"),
  ]);
}

describe("a call", () => {
  test("takes along all who ask for the keys in it, however many", async () => {
    const { askEach, answerAll, keysOfCalls } = heldBatcher({ maxWaiting: 100 });
    const asks = askEach(`${"a".repeat(50)}bcd${"a".repeat(20)}`);
    await turn();
    await answerAll();
    await Promise.all(asks);
    assert.deepEqual(keysOfCalls(), ["abc", "d"]);
  });

  test("takes what was asked in one turn, equal keys once", async () => {
    const { askEach, keysOfCalls, answerAll } = heldBatcher();
    const asks = askEach("aba");
    await turn();
    assert.deepEqual(keysOfCalls(), ["ab"]);
    await answerAll();
    assert.deepEqual(await Promise.all(asks), [..."aba"].map(answerTo));
  });

  test("departs in the turn in which it was asked for while a slot is free, without a timer", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { askEach, keysOfCalls, answerAll } = heldBatcher();
    const asks = askEach("a");
    await turn();
    assert.deepEqual(keysOfCalls(), ["a"]);
    asks.push(...askEach("b"));
    await turn();
    assert.deepEqual(keysOfCalls(), ["a", "b"]);
    await answerAll();
    await Promise.all(asks);
  });

  test("departs in the turn in which another one ends, with all that waits", async () => {
    const { askEach, calls, keysOfCalls, answerAll } = heldBatcher({ maxInFlight: 1 });
    const asks = askEach("a");
    await turn();
    asks.push(...askEach("b"));
    await turn();
    asks.push(...askEach("c"));
    await turn();
    assert.deepEqual(keysOfCalls(), ["a"]);
    calls[0]?.answer();
    await turn();
    assert.deepEqual(keysOfCalls(), ["a", "bc"]);
    await answerAll();
    await Promise.all(asks);
  });

  test("SEC12 is joined by nobody once it is under way: who asks for the same key is in the next one", async () => {
    const { ask, calls, keysOfCalls } = heldBatcher({ maxInFlight: 1 });
    const early = ask("a");
    await turn();
    const late = ask("a");
    await turn();
    calls[0]?.answer(["as it was"]);
    assert.equal(await early, "as it was");
    assert.equal(await stateOf(late), "waits");
    assert.deepEqual(keysOfCalls(), ["a", "a"]);
    calls[1]?.answer(["as it is"]);
    assert.equal(await late, "as it is");
  });

  test("has at most maxBatch keys, and at most maxInFlight are under way", async () => {
    const { askEach, calls, keysOfCalls, answerAll } = heldBatcher();
    const asks = askEach("abcdefgh");
    for (let turns = 0; turns < 5; turns++) await turn();
    assert.deepEqual(keysOfCalls(), ["abc", "def"]);
    calls[1]?.answer();
    await turn();
    assert.deepEqual(keysOfCalls(), ["abc", "def", "gh"]);
    await answerAll();
    assert.deepEqual(await Promise.all(asks), [..."abcdefgh"].map(answerTo));
  });

  test("that fails fails what it took, and the next one works", async () => {
    const { ask, askEach, calls, answerAll } = heldBatcher({ maxInFlight: 1 });
    const asks = askEach("abc");
    await turn();
    const next = ask("a");
    const down = new Error("down");
    calls[0]?.fail(down);
    for (const failed of asks) await assert.rejects(failed, down);
    await turn();
    await answerAll();
    assert.equal(await next, answerTo("a"));
  });

  test("that cannot even begin is one that fails", async () => {
    let begun = 0;
    const { ask } = createBatcher(
      (keys) => {
        begun += 1;
        if (begun === 1) throw new Error("cannot begin");
        return Promise.resolve(keys);
      },
      { ...limits, maxInFlight: 1 },
    );
    await assert.rejects(ask("a", patient), /cannot begin/);
    assert.equal(await ask("b", patient), "b");
  });

  test("that leaves a key without an answer fails that one", async () => {
    const { askEach, calls } = heldBatcher();
    const [first, second] = askEach("ab");
    await turn();
    calls[0]?.answer(["yes"]);
    assert.equal(await first, "yes");
    assert.ok(second);
    await assert.rejects(second, /no answer to this/);
  });
});

describe("a request", () => {
  test("is refused at once when maxWaiting others wait for a call, and a place is soon free again", async () => {
    const { ask, askEach, calls, answerAll } = heldBatcher({ maxInFlight: 1 });
    const asks = askEach("a");
    await turn();
    asks.push(...askEach("abcdefgh"));
    await assert.rejects(ask("i"), /8 requests wait already/);
    calls[0]?.answer();
    await turn();
    asks.push(ask("i"));
    await answerAll();
    await Promise.all(asks);
  });

  test("that is given up while it waits ends alone, frees its place and is not sent", async () => {
    const { ask, askEach, calls, keysOfCalls, answerAll } = heldBatcher({
      maxInFlight: 1,
      maxWaiting: 2,
    });
    const givingUp = new AbortController();
    const asks = askEach("a");
    await turn();
    const given = ask("b", { ...patient, signal: givingUp.signal });
    asks.push(ask("c"));
    const gone = new Error("the client has left");
    givingUp.abort(gone);
    await assert.rejects(given, gone);
    asks.push(ask("d"));
    calls[0]?.answer();
    await turn();
    assert.deepEqual(keysOfCalls(), ["a", "cd"]);
    await answerAll();
    await Promise.all(asks);
  });

  test("that is given up under way ends at once and alone", async () => {
    const { ask, calls } = heldBatcher();
    const givingUp = new AbortController();
    const given = ask("a", { ...patient, signal: givingUp.signal });
    const other = ask("a");
    await turn();
    const gone = new Error("the client has left");
    givingUp.abort(gone);
    await assert.rejects(given, gone);
    assert.equal(await stateOf(other), "waits");
    calls[0]?.answer();
    assert.equal(await other, answerTo("a"));
  });

  test("that was given up before it came is not sent", async () => {
    const { ask, calls } = heldBatcher();
    await assert.rejects(ask("a", { ...patient, signal: AbortSignal.abort() }), /AbortError/);
    await turn();
    assert.equal(calls.length, 0);
  });

  test("ends at its deadline, alone, whether it waits or is under way", async (t) => {
    t.mock.timers.enable({ apis: ["setTimeout"] });
    const { ask, calls, keysOfCalls, answerAll } = heldBatcher({ maxInFlight: 1 });
    const underWay = ask("a", { deadlineMs: 100 });
    const other = ask("a");
    await turn();
    const waiting = ask("b", { deadlineMs: 100 });
    const patientOne = ask("c");
    t.mock.timers.tick(99);
    assert.equal(await stateOf(underWay), "waits");
    assert.equal(await stateOf(waiting), "waits");
    t.mock.timers.tick(1);
    await assert.rejects(underWay, /no answer within 100 ms/);
    await assert.rejects(waiting, /no answer within 100 ms/);
    calls[0]?.answer();
    await turn();
    assert.deepEqual(keysOfCalls(), ["a", "c"]);
    await answerAll();
    assert.deepEqual(await Promise.all([other, patientOne]), [answerTo("a"), answerTo("c")]);
  });

  test("leaves no timer and no listener behind, however it ends", async () => {
    const { ask, calls } = heldBatcher({ maxInFlight: 4 });
    const timersBefore = countTimers();
    const { signal } = new AbortController();
    const givingUp = new AbortController();
    const asks = [ask("a", { ...patient, signal })];
    await turn();
    asks.push(ask("b", { ...patient, signal }));
    await turn();
    asks.push(ask("c", { deadlineMs: 1, signal }));
    asks.push(ask("d", { ...patient, signal: givingUp.signal }));
    const ends = Promise.allSettled(asks);
    await turn();
    calls[0]?.answer();
    calls[1]?.fail(new Error("down"));
    givingUp.abort();
    assert.deepEqual(
      (await ends).map(({ status }) => status),
      ["fulfilled", "rejected", "rejected", "rejected"],
    );
    for (const listened of [signal, givingUp.signal]) {
      assert.deepEqual(getEventListeners(listened, "abort"), []);
    }
    assert.equal(countTimers(), timersBefore);
  });
});

test("closing refuses what waits and what comes, and lets calls under way end", async () => {
  const { ask, close, calls } = heldBatcher({ maxInFlight: 1 });
  const underWay = ask("a");
  await turn();
  const waiting = ask("b");
  const { signal } = new AbortController();
  const listening = ask("c", { ...patient, signal });
  close();
  await assert.rejects(waiting, /closed/);
  await assert.rejects(listening, /closed/);
  await assert.rejects(ask("d"), /closed/);
  assert.deepEqual(getEventListeners(signal, "abort"), []);
  calls[0]?.answer();
  assert.equal(await underWay, answerTo("a"));
  await turn();
  assert.equal(calls.length, 1);
});

function countTimers(): number {
  return process.getActiveResourcesInfo().filter((resource) => resource === "Timeout").length;
}
