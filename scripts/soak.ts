import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { reportLiveHeap } from "../e2e/faults/live-heap.ts";
import { soak } from "../e2e/faults/soak.ts";
import { startTopology } from "../e2e/scaled/topology.ts";

const { SOAK_MINUTES = "20" } = process.env;
const megabytesPerMinuteAtMost = 1;
/** Connections of a pool come and go. */
const descriptorsAtMost = 8;
const slowerAtMost = 1.5;

const liveHeapFolder = await mkdtemp(join(tmpdir(), "sallyport-live-heap-"));
const topology = await startTopology({
  env: { LOG_LEVEL: "warn", ...reportLiveHeap(liveHeapFolder) },
});
try {
  const result = await soak(topology, liveHeapFolder, Number(SOAK_MINUTES));
  const { processes, failed, firstP95Ms, lastP95Ms, ...load } = result;
  console.table(
    processes.map(
      ({
        process,
        megabytes,
        megabytesPerMinute,
        residentMegabytes,
        firstDescriptors,
        lastDescriptors,
      }) => ({
        process,
        "MB in use": megabytes.toFixed(1),
        "MB/min": megabytesPerMinute.toFixed(2),
        "MB resident": residentMegabytes.toFixed(1),
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
  await rm(liveHeapFolder, { recursive: true, force: true });
}
