import { startFaultySystem } from "../e2e/faults/faulty-system.ts";
import { rollWhileVisited } from "../e2e/faults/rolling-restart.ts";

const { ROLLING_REQUESTS = "50000" } = process.env;

const system = await startFaultySystem();
try {
  const { failed, ...result } = await rollWhileVisited(system, Number(ROLLING_REQUESTS));
  console.log({ ...result, failed: failed.length });
  for (const line of failed.slice(0, 20)) console.error(line);
  process.exitCode = [failed, result.lost, result.doubled].every(({ length }) => length === 0)
    ? 0
    : 1;
} finally {
  await system.stop();
}
