import { readCpu } from "./cpu-reading.ts";
import { type Patience, quietRounds, type Round } from "./quiet-rounds.ts";
import { levels, type Row, rowPlans, startRow } from "./rows.ts";
import { quantile } from "./statistics.ts";
import type { System } from "./system.ts";

/** Numbers of connections at which each row is run before it is measured. */
const warmUps = [10, 50];

export interface Measurement {
  row: string;
  requestsPerSecond: number;
  p50Ms: number;
  p95Ms: number;
  p99Ms: number;
  answers: number;
  refused: number;
  cpuMs: { api: number; auth: number; postgres: number; load: number };
}

export interface Level {
  connections: number;
  rounds: Round<Measurement[]>[];
}

/** Every row against its neighbours: round by round, forwards and backwards. */
export async function compareRows(system: System, patience: Patience): Promise<Level[]> {
  const rows: Row[] = [];
  for (const plan of rowPlans) rows.push(await startRow(system, plan));
  for (const connections of warmUps) {
    for (const row of rows) await row.measure(connections);
  }
  const results: Level[] = [];
  for (const connections of levels) {
    const forwards = rows.filter((row) => row.levels.includes(connections));
    const rounds = await quietRounds(
      `${connections} connections`,
      async (round) => {
        const measurements: Measurement[] = [];
        for (const row of round % 2 === 0 ? forwards : forwards.toReversed()) {
          measurements.push(await measureRow(system, row, connections));
        }
        return measurements;
      },
      patience,
    );
    results.push({ connections, rounds });
  }
  return results;
}

async function measureRow(system: System, row: Row, connections: number): Promise<Measurement> {
  const before = readCpu();
  const { answers, refused, countedMs, latenciesMicroseconds } = await row.measure(connections);
  const after = readCpu();
  const msOf = (pid: number | undefined) =>
    pid === undefined ? 0 : after.msOf(pid) - before.msOf(pid);
  const latencyMs = (share: number) => quantile(latenciesMicroseconds, share) / 1_000;
  return {
    row: row.name,
    requestsPerSecond: (latenciesMicroseconds.length * 1_000) / countedMs,
    p50Ms: latencyMs(0.5),
    p95Ms: latencyMs(0.95),
    p99Ms: latencyMs(0.99),
    answers,
    refused,
    cpuMs: {
      api: msOf(row.api?.pid),
      auth: msOf(row.auth.pid),
      postgres: after.postgresMs - before.postgresMs,
      load: msOf(system.load.pid),
    },
  };
}
