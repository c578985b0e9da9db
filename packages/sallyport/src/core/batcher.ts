import type { Patience } from "./patience.ts";
import { afterTurn } from "./turn.ts";

/** Answers to the keys, in their order, from a read that begins with the call. */
type Load<Answer> = (keys: readonly string[]) => Promise<readonly Answer[]>;

interface BatcherOptions {
  /** Keys in one call. */
  maxBatch: number;
  /** Calls at the same time. */
  maxInFlight: number;
  /** Requests that no call has taken yet; more are refused at once. */
  maxWaiting: number;
}

export interface Batcher<Answer> {
  /**
   * The answer to one key. Rejects with the failure of its call, past its deadline, or when its
   * signal is aborted: whatever becomes of the others.
   */
  ask(key: string, patience: Patience): Promise<Answer>;
  /** Refuses all that waits and all that comes. */
  close(): void;
}

interface Ask<Answer> {
  key: string;
  resolve(answer: Answer): void;
  reject(cause: unknown): void;
}

/**
 * Group commit: what is asked while a call is under way travels together in the next one. A call
 * takes along only what was asked before it began, so that every answer is from a read that began
 * after its request arrived. Joining a call that is under way would break that; nothing is kept,
 * and nothing waits for a timer.
 */
export function createBatcher<Answer>(
  load: Load<Answer>,
  { maxBatch, maxInFlight, maxWaiting }: BatcherOptions,
): Batcher<Answer> {
  const waiting = new Set<Ask<Answer>>();
  let inFlight = 0;
  let isDeparting = false;
  let isClosed = false;

  /** After this turn of the event loop, so that requests that came in together leave together. */
  function departSoon(): void {
    if (isDeparting || waiting.size === 0 || inFlight >= maxInFlight) return;
    isDeparting = true;
    afterTurn(() => {
      isDeparting = false;
      void depart();
      departSoon();
    });
  }

  /** As many keys as one call carries, each with all who wait for it. */
  function takeAsks(): Map<string, Ask<Answer>[]> {
    const asks = new Map<string, Ask<Answer>[]>();
    for (const ask of waiting) {
      const same = asks.get(ask.key);
      if (same !== undefined) same.push(ask);
      else if (asks.size < maxBatch) asks.set(ask.key, [ask]);
      else continue;
      waiting.delete(ask);
    }
    return asks;
  }

  async function depart(): Promise<void> {
    const asks = takeAsks();
    if (asks.size === 0) return;
    inFlight += 1;
    try {
      const answers = await load([...asks.keys()]);
      for (const [index, same] of [...asks.values()].entries()) {
        const answer = answers[index];
        for (const { resolve, reject } of same) {
          if (answer === undefined) reject(new Error("the call has no answer to this"));
          else resolve(answer);
        }
      }
    } catch (cause) {
      for (const { reject } of [...asks.values()].flat()) reject(cause);
    } finally {
      inFlight -= 1;
      departSoon();
    }
  }

  return {
    ask(key, { deadlineMs, signal }) {
      return new Promise((resolve, reject) => {
        if (isClosed) throw new Error("closed");
        if (waiting.size >= maxWaiting) throw new Error(`${maxWaiting} requests wait already`);
        signal?.throwIfAborted();
        const settle = () => {
          waiting.delete(ask);
          clearTimeout(timer);
          signal?.removeEventListener("abort", abort);
        };
        const ask: Ask<Answer> = {
          key,
          resolve(answer) {
            settle();
            resolve(answer);
          },
          reject(cause) {
            settle();
            reject(cause);
          },
        };
        const abort = () => ask.reject(signal?.reason);
        const timer = setTimeout(
          () => ask.reject(new Error(`no answer within ${deadlineMs} ms`)),
          deadlineMs,
        );
        signal?.addEventListener("abort", abort, { once: true });
        waiting.add(ask);
        departSoon();
      });
    },
    close() {
      isClosed = true;
      for (const { reject } of waiting) reject(new Error("closed"));
    },
  };
}
