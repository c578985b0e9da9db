import type { Level } from "./comparison.ts";
import { cookieCeiling, tokenCeiling } from "./rows.ts";
import { medianRatio } from "./statistics.ts";
import { measurementsOf, valuesOf } from "./summary.ts";

const batch = "session: sallyport, batched (PostgreSQL)";
const naive = "session: fetch (PostgreSQL)";
const token = "token: sallyport";
const stub = "a bare call to a stub";

/** The first over the second: the median of what each round gave. */
export function mainRatios(levels: readonly Level[]) {
  const ratio = (
    figure: "requestsPerSecond" | "p50Ms" | "p95Ms",
    [first, second]: [string, string],
    connections: number,
  ) => {
    const level = levels.find((of) => of.connections === connections);
    if (level === undefined) throw new Error(`nothing was measured at ${connections} connections`);
    const values = (row: string) => valuesOf(measurementsOf(level, row), figure);
    return medianRatio(values(first), values(second));
  };
  return {
    batch_vs_naive_50: ratio("requestsPerSecond", [batch, naive], 50),
    batch_vs_naive_200: ratio("requestsPerSecond", [batch, naive], 200),
    batch_vs_token_50: ratio("requestsPerSecond", [batch, token], 50),
    batch_vs_ceiling_50: ratio("requestsPerSecond", [batch, cookieCeiling], 50),
    p95_batch_vs_naive_50: ratio("p95Ms", [batch, naive], 50),
    p95_batch_vs_naive_200: ratio("p95Ms", [batch, naive], 200),
    token_vs_ceiling_50: ratio("requestsPerSecond", [token, tokenCeiling], 50),
    p50_batch_vs_stub_1: ratio("p50Ms", [batch, stub], 1),
    pglite_batch_vs_naive_50: ratio(
      "requestsPerSecond",
      ["session: sallyport, batched (PGlite)", "session: fetch (PGlite)"],
      50,
    ),
  };
}

export type MainRatios = ReturnType<typeof mainRatios>;
