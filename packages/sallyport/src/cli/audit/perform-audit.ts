import { type AuditClass, type CaseResult, NotPossible, type Outcome } from "./case.ts";
import { auditClasses } from "./classes.ts";
import type { Identity } from "./identities.ts";
import type { AuditConfig } from "./options.ts";
import { CannotJudge } from "./owners-view.ts";
import { type ClassResult, runClasses, type Surroundings } from "./runner.ts";
import { setStage } from "./stage.ts";

export interface AuditReport {
  verdict: "sound" | "broken" | "cannot judge";
  target: { api: string; path: string; auth: string; mode: string };
  counts: Record<Outcome, number>;
  classes: ReportedClass[];
  /** Documented routes that nothing is said about. */
  uncovered: string[];
  /** What could not be cleaned up. */
  leftBehind: string[];
}

interface ReportedClass {
  id: string;
  title: string;
  owasp: string;
  asvs: string;
  mend: string;
  results: CaseResult[];
}

/**
 * Sets the stage, plays all cases and cleans up, whatever happens. Throws a `CannotJudge` when the
 * two users do not get what is their own.
 */
export async function performAudit(
  config: AuditConfig,
  {
    classes = auditClasses,
    identities,
    stop,
    onProgress,
  }: {
    classes?: readonly AuditClass[];
    identities: readonly [Identity, Identity] | undefined;
    stop: AbortSignal;
    onProgress: Surroundings["onProgress"];
  },
): Promise<AuditReport> {
  const cleaners: Array<() => Promise<string[]>> = [];
  let played: { results: ClassResult[]; uncovered: string[] };
  let leftBehind: string[] = [];
  try {
    const stage = await setStage(config, identities, cleaners);
    const results = await runClasses(classes, { ...stage, stop, onProgress });
    played = { results, uncovered: stage.uncovered };
  } catch (error) {
    throw error instanceof NotPossible ? new CannotJudge(error.message, { cause: error }) : error;
  } finally {
    leftBehind = await cleanUp(cleaners);
  }
  const { results, uncovered } = played;
  const all = results.flatMap((one) => one.results);
  const count = (outcome: Outcome) => all.filter((one) => one.outcome === outcome).length;
  const counts = { pass: count("pass"), fail: count("fail"), unclear: count("unclear") };
  const isWhole = results.every((one) => one.isWhole);
  return {
    verdict: counts.fail > 0 ? "broken" : isWhole ? "sound" : "cannot judge",
    target: {
      api: config.apiUrl.origin,
      path: config.path,
      auth: config.authUrl,
      mode: config.mode,
    },
    counts,
    classes: results
      .filter((one) => one.results.length > 0)
      .map(({ auditClass: { id, title, owasp, asvs, mend }, results }) => ({
        ...{ id, title, owasp, asvs, mend },
        results,
      })),
    uncovered,
    leftBehind,
  };
}

async function cleanUp(cleaners: readonly (() => Promise<string[]>)[]): Promise<string[]> {
  const left: string[] = [];
  for (const clean of cleaners) {
    try {
      left.push(...(await clean()));
    } catch (error) {
      left.push(`what it wrote: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  return left;
}
