import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { chart } from "../bench/chart.ts";
import { page } from "../bench/page.ts";
import { printTables } from "../bench/print-tables.ts";
import { measureEverything, type Thoroughness } from "../bench/results.ts";
import { withSystem } from "../bench/system.ts";
import { buildLibrary } from "./build.ts";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

const thorough: Thoroughness = {
  patience: { wantedRounds: 5, fewestRounds: 3, mostRounds: 10, maxForeignCpu: 0.15 },
  memoryChecks: 1_000_000,
};
/** Whether everything runs, on any machine; its figures are written nowhere. */
const quick: Thoroughness = {
  patience: {
    wantedRounds: 1,
    fewestRounds: 1,
    mostRounds: 1,
    maxForeignCpu: Number.POSITIVE_INFINITY,
  },
  memoryChecks: 20_000,
};

let exitCode = 1;
try {
  const [form, ...others] = process.argv.slice(2);
  if ((form !== undefined && form !== "quick") || others.length > 0) {
    throw new LaunchError("Usage: npm run bench [-- quick]");
  }
  if (process.platform !== "linux") {
    throw new LaunchError("Cannot measure here: what processes cost is read from Linux's /proc.");
  }
  await buildLibrary();
  const results = await withSystem((system) =>
    measureEverything(system, form === "quick" ? quick : thorough),
  );
  printTables(results);
  if (form !== "quick") {
    write("bench/results/latest.json", `${JSON.stringify(results, rounded, 2)}\n`);
    write("docs/performance.md", page(results));
    write("docs/images/performance.svg", chart(results.rows));
  }
  exitCode = 0;
} catch (error) {
  console.error(error instanceof LaunchError ? error.message : error);
}
process.exit(exitCode);

/** More digits than these say nothing. */
function rounded(_name: string, value: unknown): unknown {
  return typeof value === "number" ? Number(value.toFixed(4)) : value;
}

function write(file: string, text: string): void {
  const path = join(rootFolder, file);
  mkdirSync(join(path, ".."), { recursive: true });
  writeFileSync(path, text);
  console.log(file);
}
