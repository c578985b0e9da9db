import { setTimeout } from "node:timers/promises";
import { describeCause } from "./engine.ts";
import { mayPass } from "./unavailable.ts";

const PAUSE_MS = 250;

/**
 * Tries until it works, or fails for a reason that no waiting mends, or `patienceMs` have passed;
 * then it rejects as the last attempt did.
 */
export async function untilReachable<Result>(
  attempt: () => Promise<Result>,
  patienceMs: number,
  onWaiting: (line: string) => void,
): Promise<Result> {
  const deadline = performance.now() + patienceMs;
  let hasTold = false;
  for (;;) {
    try {
      return await attempt();
    } catch (cause) {
      if (!mayPass(cause) || performance.now() + PAUSE_MS >= deadline) throw cause;
      if (!hasTold) {
        onWaiting(
          `Waiting up to ${Math.round(patienceMs / 1000)} s for PostgreSQL (${describeCause(cause)}).`,
        );
      }
      hasTold = true;
      await setTimeout(PAUSE_MS);
    }
  }
}
