import type { CheckTime } from "./check-time.ts";
import type { MemoryUse } from "./memory.ts";
import type { MainRatios } from "./ratios.ts";
import type { RowSummary } from "./summary.ts";

export interface Target {
  figure: string;
  unit: "times" | "ms" | "bytes per check";
  value: number;
  wanted: "at least" | "at most";
  target: number;
  stretch?: number;
  isReached: boolean;
}

interface Measured {
  ratios: MainRatios;
  summaries: readonly RowSummary[];
  check: CheckTime;
  memory: readonly MemoryUse[];
}

export function judgeTargets({ ratios, summaries, check, memory }: Measured): Target[] {
  const pgliteP95Ms = summaries.find(
    ({ row, connections }) => row === "session: sallyport, batched (PGlite)" && connections === 50,
  )?.p95Ms.median;
  const targets: Omit<Target, "isReached">[] = [
    {
      figure: "requests/s, batched to naive fetch, 50 connections",
      value: ratios.batch_vs_naive_50,
      ...times("at least", 15, 20),
    },
    {
      figure: "requests/s, batched to naive fetch, 200 connections",
      value: ratios.batch_vs_naive_200,
      ...times("at least", 20, 25),
    },
    {
      figure: "requests/s, batched to our token mode, 50 connections",
      value: ratios.batch_vs_token_50,
      ...times("at least", 0.65, 0.75),
    },
    {
      figure: "requests/s, batched to no check, 50 connections",
      value: ratios.batch_vs_ceiling_50,
      ...times("at least", 0.42, 0.5),
    },
    {
      figure: "P95, batched to naive fetch, 50 connections",
      value: ratios.p95_batch_vs_naive_50,
      ...times("at most", 1 / 10, 1 / 12),
    },
    {
      figure: "P95, batched to naive fetch, 200 connections",
      value: ratios.p95_batch_vs_naive_200,
      ...times("at most", 1 / 10, 1 / 12),
    },
    {
      figure: "P95 of the check itself, 10 connections, half of capacity",
      value: check.atHalfOfCapacity.p95Ms.median,
      unit: "ms",
      wanted: "at most",
      target: 10,
    },
    {
      figure: "one connection, P50 of a request, with our check to with a bare call",
      value: ratios.p50_batch_vs_stub_1,
      ...times("at most", 2.5),
    },
    {
      figure: "one connection, our check alone to a bare call alone",
      value: check.alone.ratio,
      ...times("at most", 2.5),
    },
    {
      figure: "PGlite, P95, batched, 50 connections",
      value: pgliteP95Ms ?? Number.NaN,
      unit: "ms",
      wanted: "at most",
      target: 50,
    },
    {
      figure: "PGlite, requests/s, batched to naive fetch, 50 connections",
      value: ratios.pglite_batch_vs_naive_50,
      ...times("at least", 8),
    },
    {
      figure: "requests/s, our token mode to no check, 50 connections",
      value: ratios.token_vs_ceiling_50,
      ...times("at least", 0.6),
    },
    {
      // A leak of the smallest thing there is, once for each check, would be sixteen times this.
      figure: "heap that a check leaves behind",
      value: heapGrowthPerCheck(memory),
      unit: "bytes per check",
      wanted: "at most",
      target: 1,
    },
  ];
  return targets.map((target) => ({ ...target, isReached: reaches(target, target.target) }));
}

export function reaches({ value, wanted }: Pick<Target, "value" | "wanted">, bound: number) {
  return wanted === "at least" ? value >= bound : value <= bound;
}

function times(wanted: Target["wanted"], target: number, stretch?: number) {
  return { unit: "times", wanted, target, ...(stretch !== undefined && { stretch }) } as const;
}

function heapGrowthPerCheck(memory: readonly MemoryUse[]): number {
  // The first fifth is code being compiled and memory being found.
  const [first, last] = [memory.at(Math.floor(memory.length / 5)), memory.at(-1)];
  if (first === undefined || last === undefined) return Number.NaN;
  return (last.heapUsedBytes - first.heapUsedBytes) / (last.checks - first.checks);
}
