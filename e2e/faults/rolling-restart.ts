import { setTimeout } from "node:timers/promises";
import type { FaultySystem } from "./faulty-system.ts";
import { type Kind, startVisitors } from "./visitors.ts";

// As much as two cores answer in time while, on the same ones, a server starts.
const visitorCount = 8;
const pauseMs = 20;
const kinds: [Kind, ...Kind[]] = [
  ...(["write", "read", "session", "write", "read", "read"] as const),
  ...(["write", "session", "read", "write", "page", "read"] as const),
];

interface RollingRestart {
  requests: number;
  failed: string[];
  writes: number;
  lost: string[];
  doubled: string[];
  restarts: number;
  longestMs: number;
  seconds: number;
}

/**
 * Restarts every instance, one after the other, again and again, each ready before the next, until
 * so many requests are answered. Nobody asks twice.
 */
export async function rollWhileVisited(
  system: FaultySystem,
  atLeast: number,
): Promise<RollingRestart> {
  const { webUrl, apiUrl, users, web, api } = system;
  const startedAt = performance.now();
  const visitors = startVisitors({
    webUrl,
    apiUrl,
    users,
    visitors: visitorCount,
    pace: () => setTimeout(pauseMs),
    kinds,
  });
  // In turns, so that the proxy has seen one instance come back before its twin goes.
  const instances = web.flatMap((one, index) => [one, ...api.slice(index, index + 1)]);
  let restarts = 0;
  do {
    for (const instance of instances) {
      await instance.stop();
      await instance.start();
      restarts += 1;
    }
  } while (visitors.visits.length < atLeast);
  await visitors.stop();
  const { visits, ledger } = visitors;
  const { lost, doubled } = ledger.audit(await system.storedTitles());
  return {
    requests: visits.length,
    failed: visits
      .filter(({ isGood }) => !isGood)
      .map(
        ({ kind, outcome, ms, text }) => `${kind}: ${outcome} after ${Math.round(ms)} ms: ${text}`,
      ),
    writes: ledger.acknowledged,
    lost,
    doubled,
    restarts,
    longestMs: Math.max(...visits.map(({ ms }) => ms)),
    seconds: (performance.now() - startedAt) / 1_000,
  };
}
