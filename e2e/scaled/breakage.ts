import { setTimeout } from "node:timers/promises";
import { pick } from "./random.ts";
import { count, type Tally } from "./tally.ts";
import type { Topology } from "./topology.ts";

export const breakages = [
  "api killed",
  "web killed",
  "Redis killed",
  "PostgreSQL stopped",
  "PostgreSQL killed",
] as const;
export type Breakage = (typeof breakages)[number];

const calmMs = 2_500;
const downAtMostMs = 1_500;

/** Breaks one thing after the other, and mends it, until told to stop. */
export async function keepBreaking(
  { web, api, redis, postgres }: Topology,
  {
    random,
    broken,
    signal,
  }: { random: () => number; broken: Tally<Breakage>; signal: AbortSignal },
): Promise<void> {
  const oneOf = <Item>([first, second]: Item[]) => {
    if (first === undefined || second === undefined) throw new Error("there are two of each");
    return pick(random, [first, second]);
  };
  const ways: Record<Breakage, () => { down(): Promise<void>; up(): Promise<void> }> = {
    "api killed": () => {
      const one = oneOf(api);
      return { down: one.kill, up: one.start };
    },
    "web killed": () => {
      const one = oneOf(web);
      return { down: one.kill, up: one.start };
    },
    "Redis killed": () => ({ down: redis.kill, up: redis.restart }),
    "PostgreSQL stopped": () => ({ down: postgres.stop, up: postgres.start }),
    "PostgreSQL killed": () => ({ down: postgres.kill, up: postgres.start }),
  };
  for (let turn = 0; !signal.aborted; turn++) {
    await setTimeout(calmMs);
    const kind = breakages[turn % breakages.length] ?? "api killed";
    const { down, up } = ways[kind]();
    await down();
    count(broken, kind);
    await setTimeout(random() * downAtMostMs);
    await up();
  }
}
