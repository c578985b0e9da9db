import { readFileSync } from "node:fs";
import { availableParallelism, cpus } from "node:os";
import { join } from "node:path";
import { rootFolder } from "../scripts/root-folder.ts";
import { type CheckTime, checkTime } from "./check-time.ts";
import { compareRows, type Level } from "./comparison.ts";
import { type MemoryUse, memoryUse } from "./memory.ts";
import type { Patience } from "./quiet-rounds.ts";
import { type MainRatios, mainRatios } from "./ratios.ts";
import { type RowSummary, summarize } from "./summary.ts";
import type { System } from "./system.ts";
import { judgeTargets, type Target } from "./targets.ts";
import { tokenVerification, type VerificationCost } from "./token-verification.ts";

export interface Thoroughness {
  patience: Patience;
  memoryChecks: number;
}

/** What `bench/results/latest.json` holds. */
export interface Results {
  takenOn: string;
  machine: { cores: number; cpu: string; versions: Record<string, string> };
  thoroughness: Thoroughness;
  ratios: MainRatios;
  targets: Target[];
  rows: RowSummary[];
  check: CheckTime;
  memory: MemoryUse[];
  tokenVerification: VerificationCost[];
  levels: Level[];
}

export async function measureEverything(
  system: System,
  thoroughness: Thoroughness,
): Promise<Results> {
  const { patience, memoryChecks } = thoroughness;
  const levels = await compareRows(system, patience);
  const rows = summarize(levels);
  const capacity = rows.find(
    ({ row, connections }) =>
      row === "session: sallyport, batched (PostgreSQL)" && connections === 10,
  )?.requestsPerSecond.median;
  if (capacity === undefined) throw new Error("the capacity at 10 connections was not measured");
  const check = await checkTime(system, { capacity, patience });
  const memory = await memoryUse(system, memoryChecks);
  const ratios = mainRatios(levels);
  return {
    takenOn: new Date().toISOString().slice(0, 10),
    machine: describeMachine(),
    thoroughness,
    ratios,
    targets: judgeTargets({ ratios, summaries: rows, check, memory }),
    rows,
    check,
    memory,
    tokenVerification: await tokenVerification(),
    levels,
  };
}

function describeMachine(): Results["machine"] {
  const packages = ["better-auth", "hono", "@hono/node-server", "undici", "pg"];
  return {
    cores: availableParallelism(),
    cpu: cpus()[0]?.model ?? "unknown",
    versions: {
      node: process.versions.node,
      ...Object.fromEntries(packages.map((name) => [name, version(name)])),
    },
  };
}

function version(name: string): string {
  const manifest = join(rootFolder, "node_modules", name, "package.json");
  return JSON.parse(readFileSync(manifest, "utf8")).version;
}
