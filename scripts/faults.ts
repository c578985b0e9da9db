import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { clockFaults, startClockedSystem } from "../e2e/faults/clock.ts";
import { type Fault, faults } from "../e2e/faults/faults.ts";
import { startFaultySystem } from "../e2e/faults/faulty-system.ts";
import { type Finding, runFault, type Visited } from "../e2e/faults/run-fault.ts";
import { diskFaults, startOnSmallDisk } from "../e2e/faults/small-disk.ts";
import { complaintsAbout, summarise } from "../e2e/faults/summary.ts";
import { rootFolder } from "./root-folder.ts";

const page = join(rootFolder, "docs/faults.md");
/** Only faults whose names hold this; then the page stays as it is. */
const [pattern = ""] = process.argv.slice(2);
const findings: Finding[] = [];

async function runAll<System extends Visited & { stop(): Promise<void> }>(
  start: () => Promise<System>,
  faults: Fault<System>[],
): Promise<void> {
  const wanted = faults.filter(({ name }) => name.includes(pattern));
  if (wanted.length === 0) return;
  const system = await start();
  try {
    for (const fault of wanted) {
      const finding = await runFault(system, fault);
      findings.push(finding);
      console.log(row(finding));
      for (const complaint of complaintsAbout(finding)) console.log(`  ${complaint}`);
    }
  } finally {
    await system.stop();
  }
}

await runAll(startFaultySystem, faults);
await runAll(startClockedSystem, clockFaults);
await runAll(startOnSmallDisk, diskFaults);

if (pattern === "") {
  const marker = "| fault |";
  const [prose = ""] = readFileSync(page, "utf8").split(marker);
  writeFileSync(page, `${prose}${table(findings)}`);
}
process.exitCode = findings.every((finding) => complaintsAbout(finding).length === 0) ? 0 : 1;

function table(rows: Finding[]): string {
  return `| fault | answers, and after how long at the latest | acknowledged writes | lost | doubled | well again, after its end |
|---|---|---|---|---|---|
${rows.map(row).join("\n")}
`;
}

function row(finding: Finding): string {
  const { fault, acknowledged, lost, doubled, recoveredAfterMs } = finding;
  const answers = summarise(finding).outcomes.map(
    ({ outcome, count, longestMs }) => `${count} × ${outcome} (${inSeconds(longestMs)})`,
  );
  const recovery = recoveredAfterMs === null ? "**never**" : inSeconds(recoveredAfterMs);
  const cells = [
    fault.name,
    answers.join(", "),
    acknowledged,
    lost.length,
    doubled.length,
    recovery,
  ];
  return `| ${cells.join(" | ")} |`;
}

function inSeconds(ms: number): string {
  return `${(ms / 1_000).toFixed(1)} s`;
}
