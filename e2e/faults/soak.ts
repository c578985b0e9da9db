import { setTimeout } from "node:timers/promises";
import type { Topology } from "../scaled/topology.ts";
import { type ResourceUse, resourceUse } from "./resource-use.ts";
import { signUpUsers } from "./users.ts";
import { type Kind, startVisitors, type Visit } from "./visitors.ts";

const visitorCount = 16;
const kinds: [Kind, ...Kind[]] = ["read", "write", "session", "read", "read", "page"];
const sampleIntervalMs = 5_000;
const minuteMs = 60_000;

interface Sample {
  atMs: number;
  uses: ResourceUse[];
}

interface SoakResult {
  capacityPerSecond: number;
  requestsPerSecond: number;
  requests: number;
  failed: Visit[];
  firstP95Ms: number;
  lastP95Ms: number;
  processes: {
    process: string;
    /** In use at the end, and how fast that grew. */
    megabytes: number;
    megabytesPerMinute: number;
    residentMegabytes: number;
    /** At most, in the first quarter of the time and in the last. */
    firstDescriptors: number;
    lastDescriptors: number;
  }[];
}

/** Measures what the system can do, then asks half of that of it for so long. */
export async function soak(
  topology: Topology,
  liveHeapFolder: string,
  minutes: number,
): Promise<SoakResult> {
  const { origin, web } = topology;
  const durationMs = minutes * minuteMs;
  const measuringMs = Math.min(minuteMs, durationMs / 5);
  const warmUpMs = Math.min(3 * minuteMs, durationMs / 4);
  const [{ url } = { url: origin }] = web;
  const users = await signUpUsers(url, origin, 6);
  const everyone = { webUrl: origin, apiUrl: origin, users, visitors: visitorCount, kinds };

  const rush = startVisitors({ ...everyone, pace: () => Promise.resolve() });
  await setTimeout(measuringMs);
  await rush.stop();
  // The first half of it warms up. What is asked beyond capacity may be refused.
  const startOfRush = rush.visits[0]?.at ?? 0;
  const counted = rush.visits.filter(
    ({ at, isGood }) => isGood && at >= startOfRush + measuringMs / 2,
  );
  const capacityPerSecond = counted.length / (measuringMs / 2_000);

  const intervalMs = 2_000 / capacityPerSecond;
  const startedAt = performance.now();
  let dueAt = startedAt;
  const pace = async () => {
    dueAt += intervalMs;
    await setTimeout(Math.max(0, dueAt - performance.now()));
  };
  const visitors = startVisitors({ ...everyone, pace });
  const samples: Sample[] = [];
  while (performance.now() - startedAt < durationMs) {
    await setTimeout(sampleIntervalMs);
    samples.push({ atMs: performance.now() - startedAt, uses: resourceUse(liveHeapFolder) });
  }
  await visitors.stop();

  const { visits } = visitors;
  const since = (ms: number) => visits.filter(({ at }) => at - startedAt >= ms);
  const spanMs = Math.min(minuteMs, (durationMs - warmUpMs) / 4);
  return {
    capacityPerSecond,
    requestsPerSecond: visits.length / (durationMs / 1_000),
    requests: visits.length,
    failed: visits.filter(({ isGood }) => !isGood),
    firstP95Ms: p95(since(warmUpMs).filter(({ at }) => at - startedAt < warmUpMs + spanMs)),
    lastP95Ms: p95(since(durationMs - spanMs)),
    processes: describe(samples.filter(({ atMs }) => atMs >= warmUpMs)),
  };
}

function describe(samples: Sample[]): SoakResult["processes"] {
  const names = samples.at(-1)?.uses.map(({ process }) => process) ?? [];
  const quarter = Math.ceil(samples.length / 4);
  return names.map((process) => {
    const own = samples.flatMap(({ atMs, uses }) =>
      uses.filter((use) => use.process === process).map((use) => ({ atMs, ...use })),
    );
    const most = (of: typeof own) => Math.max(...of.map(({ descriptors }) => descriptors));
    return {
      process,
      megabytes: own.at(-1)?.megabytes ?? 0,
      residentMegabytes: own.at(-1)?.residentMegabytes ?? 0,
      megabytesPerMinute: slope(floors(own)) * minuteMs,
      firstDescriptors: most(own.slice(0, quarter)),
      lastDescriptors: most(own.slice(-quarter)),
    };
  });
}

interface Memory {
  atMs: number;
  megabytes: number;
}

/** Of each sixth of the time the least: what lies above it is garbage not yet collected. */
function floors(samples: Memory[]): Memory[] {
  const length = Math.ceil(samples.length / 6);
  return Array.from({ length: 6 }, (_, part) => samples.slice(part * length, (part + 1) * length))
    .filter((part) => part.length > 0)
    .map((part) => part.reduce((least, one) => (one.megabytes < least.megabytes ? one : least)));
}

/** Of the line that fits best (least squares). */
function slope(points: Memory[]): number {
  const mean = (numbers: number[]) => numbers.reduce((a, b) => a + b, 0) / numbers.length;
  const meanMs = mean(points.map(({ atMs }) => atMs));
  const meanMegabytes = mean(points.map(({ megabytes }) => megabytes));
  const covariance = mean(points.map((p) => (p.atMs - meanMs) * (p.megabytes - meanMegabytes)));
  return covariance / mean(points.map(({ atMs }) => (atMs - meanMs) ** 2));
}

function p95(visits: Visit[]): number {
  const sorted = visits.map(({ ms }) => ms).sort((a, b) => a - b);
  return sorted[Math.ceil(sorted.length * 0.95) - 1] ?? Number.NaN;
}
