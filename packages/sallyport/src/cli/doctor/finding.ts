import type { Probe } from "./probe.ts";

export const page = "https://github.com/sallyport/sallyport/blob/main/docs/doctor.md";

/** The worst comes first. */
export const severities = ["error", "warning", "advice"] as const;

/** `error`: does not work, or is not safe; `warning`: will bite some day; `advice`: could be better. */
type Severity = (typeof severities)[number];

export interface FindingKind {
  severity: Severity;
  /** A sentence. */
  title: string;
}

interface Evidence {
  /** What was seen, in a sentence. What a server said is in it only by `quote`. */
  found: string;
  /** What to do about it, in a sentence or two. */
  mend: string;
}

export interface Finding extends FindingKind, Evidence {
  id: string;
  documentation: string;
}

export interface Check {
  /** As in "was not checked: …". */
  name: string;
  kinds: Readonly<Record<string, FindingKind>>;
  /** Throws `Unchecked` when it cannot be done; what was reported before that stands. */
  examine(probe: Probe, report: (finding: Finding) => void): Promise<void>;
}

/** A check that cannot be made, and what it would take. */
export class Unchecked extends Error {
  override readonly name = "Unchecked";
}

/** Reports by the ids of its own kinds alone. */
export function defineCheck<Kinds extends Record<string, FindingKind>>(check: {
  name: string;
  kinds: Kinds;
  examine(
    probe: Probe,
    report: (id: keyof Kinds & string, evidence: Evidence) => void,
  ): Promise<void>;
}): Check {
  const { name, kinds, examine } = check;
  return {
    name,
    kinds,
    examine: (probe, report) =>
      examine(probe, (id, { found, mend }) => {
        const { severity, title } = kinds[id] as FindingKind;
        report({ id, severity, title, found, mend, documentation: `${page}#${id}` });
      }),
  };
}

/** What a server said, fit for a terminal: one line without control characters, not too long. */
export function quote(text: string): string {
  const plain = text.replace(/[\p{C}\p{Z}]+/gu, " ").trim();
  return `"${plain.length > 100 ? `${plain.slice(0, 99)}…` : plain}"`;
}
