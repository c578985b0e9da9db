import { createInterface } from "node:readline/promises";
import { text } from "node:stream/consumers";
import { UsageError } from "../usage-error.ts";
import { type AuditConfig, auditHelp, readAuditConfig, readIdentities } from "./options.ts";
import { CannotJudge } from "./owners-view.ts";
import { type AuditReport, performAudit } from "./perform-audit.ts";
import { formatReport } from "./report.ts";

const timeoutMs = 10 * 60_000;

const exitCodes: Record<AuditReport["verdict"], number> = {
  sound: 0,
  broken: 1,
  "cannot judge": 2,
};

/** Resolves to the exit code. */
export async function runAudit(args: string[]): Promise<number> {
  const config = readAuditConfig(args, process.env);
  if (config === undefined) {
    process.stdout.write(auditHelp);
    return 0;
  }
  const given = config.identities === "stdin" ? await text(process.stdin) : config.identities?.text;
  const identities = given === undefined ? undefined : readIdentities(given);
  await confirm(config);

  const interrupt = new AbortController();
  process.once("SIGINT", () => interrupt.abort());
  const stop = AbortSignal.any([interrupt.signal, AbortSignal.timeout(timeoutMs)]);
  try {
    const report = await performAudit(config, { identities, stop, onProgress });
    clearProgress();
    const written = config.isJson ? `${JSON.stringify(report, null, 2)}\n` : formatReport(report);
    process.stdout.write(written);
    return exitCodes[report.verdict];
  } catch (error) {
    clearProgress();
    if (!(error instanceof CannotJudge)) throw error;
    process.stderr.write(`sallyport audit: cannot judge: ${error.message}\n`);
    return exitCodes["cannot judge"];
  }
}

function onProgress({ cases, classId, fails }: { cases: number; classId: string; fails: number }) {
  if (!process.stderr.isTTY) return;
  process.stderr.write(`\r\u001b[K${cases} cases, ${fails} broken … ${classId}`);
}

function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

/** Whoever owns other machines may not want this. */
async function confirm({ remoteHosts, isConfirmed }: AuditConfig): Promise<void> {
  if (remoteHosts.length === 0 || isConfirmed) return;
  const hosts = remoteHosts.join(" and ");
  if (!process.stdin.isTTY) throw new UsageError(`--yes is needed to attack ${hosts}`);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const answer = await terminal.question(`Send hundreds of hostile requests to ${hosts}? [y/N] `);
  terminal.close();
  if (!/^y(?:es)?$/i.test(answer.trim())) throw new UsageError("stopped: not confirmed");
}
