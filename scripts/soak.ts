import { soak } from "../e2e/faults/soak.ts";
import { startTopology } from "../e2e/scaled/topology.ts";

const { SOAK_MINUTES = "20" } = process.env;
const megabytesPerMinuteAtMost = 1;
/** Connections of a pool that come and go. */
const descriptorsAtMost = 4;
const slowerAtMost = 1.5;

const topology = await startTopology({ env: { LOG_LEVEL: "warn" } });
try {
  const result = await soak(topology, Number(SOAK_MINUTES));
  const { processes, failed, firstP95Ms, lastP95Ms, ...load } = result;
  console.table(
    processes.map(
      ({ process, megabytes, megabytesPerMinute, firstDescriptors, lastDescriptors }) => ({
        process,
        MB: megabytes.toFixed(1),
        "MB/min": megabytesPerMinute.toFixed(2),
        descriptors: `${firstDescriptors} → ${lastDescriptors}`,
      }),
    ),
  );
  console.log(
    { ...load, failed: failed.length },
    `P95 ${firstP95Ms.toFixed(1)} ms → ${lastP95Ms.toFixed(1)} ms`,
  );
  const complaints = [
    ...processes.flatMap((one) => [
      ...(one.megabytesPerMinute >= megabytesPerMinuteAtMost ? [`${one.process} grows`] : []),
      ...(one.lastDescriptors > one.firstDescriptors + descriptorsAtMost
        ? [`${one.process} opens more and more`]
        : []),
    ]),
    ...(lastP95Ms > slowerAtMost * firstP95Ms ? ["it gets slower"] : []),
    ...failed.map(({ kind, outcome, ms }) => `${kind}: ${outcome} after ${Math.round(ms)} ms`),
  ];
  for (const complaint of complaints.slice(0, 20)) console.error(complaint);
  process.exitCode = complaints.length === 0 ? 0 : 1;
} finally {
  await topology.stop();
}
