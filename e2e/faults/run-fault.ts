import { setTimeout } from "node:timers/promises";
import type { Fault } from "./faults.ts";
import type { User } from "./users.ts";
import { type Kind, startVisitors, type Visit } from "./visitors.ts";

export interface Visited {
  webUrl: string;
  apiUrl: string;
  users: readonly [User, ...User[]];
  /** Of all tasks that there are. */
  storedTitles(): Promise<string[]>;
}

const calmDeadlineMs = 60_000;
const visitorCount = 12;
const pauseMs = 40;

const kinds: [Kind, ...Kind[]] = [
  ...(["write", "read", "session", "read", "write", "page"] as const),
  ...(["read", "write", "session", "write", "read"] as const),
];

export interface Finding {
  fault: Pick<Fault<never>, "name" | "endsConnections">;
  /** From when it set in until everything was well again. */
  visits: Visit[];
  acknowledged: number;
  lost: string[];
  doubled: string[];
  unacknowledged: string[];
  /** After it was mended, until the last answer that was not good had been given; null: never. */
  recoveredAfterMs: number | null;
}

interface Timing {
  lastsMs?: number;
  /** Good answers alone for this long: all is well. */
  calmMs?: number;
}

/** Visits a system while it has a fault, until it has none, and says what came of it. */
export async function runFault<System extends Visited>(
  system: System,
  fault: Fault<System>,
  { lastsMs = fault.lastsMs, calmMs = 3_000 }: Timing = {},
): Promise<Finding> {
  const { webUrl, apiUrl, users } = system;
  const visitors = startVisitors({
    webUrl,
    apiUrl,
    users,
    visitors: visitorCount,
    pace: () => setTimeout(pauseMs),
    kinds,
  });
  const { visits, ledger } = visitors;
  /** When the last answer that was not good had been given; never before this time. */
  const lastTroubleAfter = (since: number) =>
    visits.reduce(
      (latest, { isGood, at, ms }) => (isGood ? latest : Math.max(latest, at + ms)),
      since,
    );
  /** Whether it became so in time. */
  async function untilCalm(since: number): Promise<boolean> {
    const giveUpAt = since + calmDeadlineMs;
    while (performance.now() - lastTroubleAfter(since) < calmMs) {
      if (performance.now() > giveUpAt) return false;
      await setTimeout(100);
    }
    return true;
  }

  if (!(await untilCalm(performance.now()))) throw new Error(`no calm before "${fault.name}"`);
  const injectedAt = performance.now();
  await fault.inject(system);
  await setTimeout(lastsMs);
  const mendedAt = performance.now();
  await fault.mend(system);
  const hasRecovered = await untilCalm(mendedAt);
  await visitors.stop();
  return {
    fault,
    visits: visits.filter(({ at, ms }) => at + ms >= injectedAt),
    acknowledged: ledger.acknowledged,
    ...ledger.audit(await system.storedTitles()),
    recoveredAfterMs: hasRecovered ? lastTroubleAfter(mendedAt) - mendedAt : null,
  };
}
