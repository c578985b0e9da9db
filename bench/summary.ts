import type { Level, Measurement } from "./comparison.ts";
import { keptResults } from "./quiet-rounds.ts";
import { cookieCeiling, type RowPlan, rowPlans, tokenCeiling } from "./rows.ts";
import { ratios, type Spread, spread } from "./statistics.ts";

/** One row at one number of connections, over all rounds that count. */
export interface RowSummary {
  row: string;
  connections: number;
  requestsPerSecond: Spread;
  /** Round by round, to the route without a check that was asked the same. */
  toCeiling: Spread;
  p50Ms: Spread;
  p95Ms: Spread;
  p99Ms: Spread;
  /** Of all rounds together. */
  cpuMicrosecondsPerRequest: Measurement["cpuMs"];
  refused: number;
}

export function summarize(levels: readonly Level[]): RowSummary[] {
  return rowPlans.flatMap((plan) =>
    levels
      .filter(({ connections }) => plan.levels.includes(connections))
      .map((level) => summarizeRow(level, plan)),
  );
}

function summarizeRow(level: Level, { name, credential }: RowPlan): RowSummary {
  const measurements = measurementsOf(level, name);
  const requestsPerSecond = valuesOf(measurements, "requestsPerSecond");
  const ceiling = measurementsOf(level, credential === "cookie" ? cookieCeiling : tokenCeiling);
  const answers = sum(valuesOf(measurements, "answers"));
  const cpu = (of: keyof Measurement["cpuMs"]) =>
    (sum(measurements.map(({ cpuMs }) => cpuMs[of])) * 1_000) / answers;
  return {
    row: name,
    connections: level.connections,
    requestsPerSecond: spread(requestsPerSecond),
    toCeiling: spread(ratios(requestsPerSecond, valuesOf(ceiling, "requestsPerSecond"))),
    p50Ms: spread(valuesOf(measurements, "p50Ms")),
    p95Ms: spread(valuesOf(measurements, "p95Ms")),
    p99Ms: spread(valuesOf(measurements, "p99Ms")),
    cpuMicrosecondsPerRequest: {
      api: cpu("api"),
      auth: cpu("auth"),
      postgres: cpu("postgres"),
      load: cpu("load"),
    },
    refused: sum(valuesOf(measurements, "refused")),
  };
}

/** One for each round that counts, in their order. */
export function measurementsOf({ rounds }: Level, row: string): Measurement[] {
  return keptResults(rounds).flatMap((round) => round.filter((of) => of.row === row));
}

export function valuesOf(
  measurements: readonly Measurement[],
  figure: Exclude<keyof Measurement, "row" | "cpuMs">,
): number[] {
  return measurements.map((measurement) => measurement[figure]);
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
