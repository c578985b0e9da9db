import { setTimeout } from "node:timers/promises";
import { readCpu } from "./cpu-reading.ts";
import { percent } from "./format.ts";

export interface Patience {
  wantedRounds: number;
  /** With fewer than these the benchmark fails. */
  fewestRounds: number;
  mostRounds: number;
  /** Of one core, on average over a round that counts. */
  maxForeignCpu: number;
}

export interface Round<Result> {
  /** Of one core, taken by programs that are no part of this. */
  foreignCpu: number;
  isLeftOut: boolean;
  result: Result;
}

/** Measures until enough rounds were left in peace by other programs. */
export async function quietRounds<Result>(
  what: string,
  measure: (round: number) => Promise<Result>,
  { wantedRounds, fewestRounds, mostRounds, maxForeignCpu }: Patience,
): Promise<Round<Result>[]> {
  const rounds: Round<Result>[] = [];
  const kept = () => keptResults(rounds).length;
  while (kept() < wantedRounds && rounds.length < mostRounds) {
    const { foreignCpu, result } = await watchForeignCpu(() => measure(rounds.length));
    const isLeftOut = foreignCpu > maxForeignCpu;
    rounds.push({ foreignCpu, isLeftOut, result });
    const foreign = `other programs took ${percent(foreignCpu)} of a core`;
    console.error(`${what}, round ${rounds.length}: ${foreign}${isLeftOut ? "; left out" : ""}`);
    if (isLeftOut) await quietMoment(maxForeignCpu);
  }
  if (kept() < fewestRounds) {
    throw new Error(
      `Cannot measure ${what}: in all but ${kept()} of ${rounds.length} rounds other programs took more than ${percent(maxForeignCpu)} of a core; stop them and try again.`,
    );
  }
  return rounds;
}

async function watchForeignCpu<Result>(work: () => Promise<Result>) {
  const before = readCpu();
  const startedAt = performance.now();
  const result = await work();
  const elapsedMs = performance.now() - startedAt;
  const after = readCpu();
  const foreignMs = after.busyMs - before.busyMs - (after.ownMs - before.ownMs);
  return { foreignCpu: Math.max(0, foreignMs / elapsedMs), result };
}

/** Waits for one, but not for ever. */
async function quietMoment(maxForeignCpu: number): Promise<void> {
  for (let second = 0; second < 60; second += 1) {
    const { foreignCpu } = await watchForeignCpu(() => setTimeout(1_000));
    if (foreignCpu <= maxForeignCpu) return;
  }
}

export function keptResults<Result>(rounds: readonly Round<Result>[]): Result[] {
  return rounds.filter(({ isLeftOut }) => !isLeftOut).map(({ result }) => result);
}
