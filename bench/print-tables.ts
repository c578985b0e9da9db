import { milliseconds, percent, wholeNumber, withQuartiles } from "./format.ts";
import type { Results } from "./results.ts";
import { levels } from "./rows.ts";

export function printTables({ rows, targets, check, memory, tokenVerification }: Results): void {
  for (const connections of levels) {
    console.log(`\n${connections} connections: medians of rounds that take turns (quartiles)`);
    console.table(
      rows
        .filter((row) => row.connections === connections)
        .map((row) => ({
          row: row.row,
          "requests/s": withQuartiles(row.requestsPerSecond, wholeNumber),
          "of the ceiling": percent(row.toCeiling.median),
          "P50 ms": milliseconds(row.p50Ms.median),
          "P95 ms": withQuartiles(row.p95Ms, milliseconds),
          "P99 ms": milliseconds(row.p99Ms.median),
          "CPU api, µs": Math.round(row.cpuMicrosecondsPerRequest.api),
          "auth, µs": Math.round(row.cpuMicrosecondsPerRequest.auth),
          "pg, µs": Math.round(row.cpuMicrosecondsPerRequest.postgres),
          "load, µs": Math.round(row.cpuMicrosecondsPerRequest.load),
          "not 200": row.refused,
        })),
    );
  }
  console.log("\nThe check itself, as the api's own clock has it:");
  const { atHalfOfCapacity: half, alone } = check;
  console.table({
    [`batched, ${half.connections} connections, ${wholeNumber(half.requestsPerSecond)} requests/s: P95 ms`]:
      withQuartiles(half.p95Ms, milliseconds),
    "batched, one connection: median ms": withQuartiles(alone.checkMs, milliseconds),
    "a bare call to a stub, one connection: median ms": withQuartiles(
      alone.bareCallMs,
      milliseconds,
    ),
  });
  console.log("\nMemory of the api, batched, after a collection:");
  console.table(
    memory.map(({ checks, heapUsedBytes, rssBytes }) => ({
      checks,
      "heap, MB": (heapUsedBytes / 1e6).toFixed(2),
      "rss, MB": Math.round(rssBytes / 1e6),
    })),
  );
  console.log("\nOne HS256 token, verified in one process:");
  console.table(
    tokenVerification.map(({ what, microseconds, timesFastestLibrary }) => ({
      what,
      "µs per token": withQuartiles(microseconds, (value) => value.toFixed(1)),
      "times the fastest library": timesFastestLibrary.toFixed(2),
    })),
  );
  console.log("\nTargets:");
  console.table(
    targets.map(({ figure, unit, value, wanted, target, stretch, isReached }) => ({
      figure,
      value: value.toFixed(3),
      unit,
      wanted: `${wanted} ${target.toFixed(3)}${stretch === undefined ? "" : ` (${stretch.toFixed(3)})`}`,
      reached: isReached ? "yes" : "NO",
    })),
  );
}
