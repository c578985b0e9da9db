import * as z from "zod";
import type { CheckName } from "../packages/sallyport/test/measured-checks.ts";
import { keptResults, type Patience, quietRounds } from "./quiet-rounds.ts";
import { cookieRequests } from "./sessions.ts";
import { median, medianRatio, quantile, type Spread, spread } from "./statistics.ts";
import type { System } from "./system.ts";

const leadInMs = 100;
const durationMs = 500;
const atHalfMs = 1_000;

const timesSchema = z.object({ checksMicroseconds: z.array(z.number()) });

export interface CheckTime {
  /** Of the check itself, as the api's own clock has it. */
  atHalfOfCapacity: {
    connections: number;
    requestsPerSecond: number;
    p50Ms: Spread;
    p95Ms: Spread;
  };
  /** One connection, where nothing travels together: our check, and a bare call in its place. */
  alone: { checkMs: Spread; bareCallMs: Spread; ratio: number };
}

/** How long does the check take, inside the api? */
export async function checkTime(
  system: System,
  { capacity, patience }: { capacity: number; patience: Patience },
): Promise<CheckTime> {
  const connections = 10;
  const [check, bareCall] = [
    await startTimed(system, "session: sallyport, batched"),
    await startTimed(system, "a bare call to a stub"),
  ];
  for (const measure of [check, bareCall]) await measure({ connections: 50, durationMs });

  const half = await quietRounds(
    "the check at half of capacity",
    () => check({ connections, durationMs: atHalfMs, requestsPerSecond: capacity / 2 }),
    patience,
  );
  const alone = await quietRounds(
    "the check alone",
    async (round) => {
      const ask = { connections: 1, durationMs };
      if (round % 2 === 0) return { check: await check(ask), bareCall: await bareCall(ask) };
      const first = await bareCall(ask);
      return { check: await check(ask), bareCall: first };
    },
    patience,
  );
  const checkMs = keptResults(alone).map((round) => median(round.check));
  const bareCallMs = keptResults(alone).map((round) => median(round.bareCall));
  const p = (share: number) => spread(keptResults(half).map((times) => quantile(times, share)));
  return {
    atHalfOfCapacity: {
      connections,
      requestsPerSecond: capacity / 2,
      p50Ms: p(0.5),
      p95Ms: p(0.95),
    },
    alone: {
      checkMs: spread(checkMs),
      bareCallMs: spread(bareCallMs),
      ratio: medianRatio(checkMs, bareCallMs),
    },
  };
}

interface Ask {
  connections: number;
  durationMs: number;
  requestsPerSecond?: number;
}

/** Gives the times of all checks of one measurement, in milliseconds. */
async function startTimed(system: System, name: CheckName) {
  const api = await system.startApi({ check: name, storage: "PostgreSQL", isTimed: true });
  return async (ask: Ask): Promise<number[]> => {
    const { refused } = await system.load.run({
      ...ask,
      port: api.port,
      requests: cookieRequests(),
      leadInMs,
      minAnswers: 0,
    });
    if (refused > 0) throw new Error(`${name} refused ${refused} requests`);
    const { checksMicroseconds } = await api.ask({ about: "checks" }, timesSchema);
    return checksMicroseconds.map((microseconds) => microseconds / 1_000);
  };
}
