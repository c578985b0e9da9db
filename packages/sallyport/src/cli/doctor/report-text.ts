import { styleText } from "node:util";
import type { Diagnosis } from "./diagnose.ts";
import { type Finding, type FindingKind, page, severities } from "./finding.ts";
import type { DoctorConfig } from "./options.ts";

const columns = 80;
const marks = {
  error: { sign: "✖", color: "red" },
  warning: { sign: "▲", color: "yellow" },
  advice: { sign: "●", color: "cyan" },
} as const satisfies Record<FindingKind["severity"], object>;

type Style = Parameters<typeof styleText>[0];

/** For people, in 80 columns. `hasColors` is the terminal's to say. */
export function reportAsText(
  { authUrl, apiUrl }: DoctorConfig,
  diagnosis: Diagnosis,
  hasColors: boolean,
): string {
  const style = (format: Style, text: string) =>
    hasColors ? styleText(format, text, { validateStream: false }) : text;
  const { findings, made, unchecked, measurements } = diagnosis;

  const heading = [
    `Better Auth  ${authUrl}`,
    ...(apiUrl === undefined ? [] : [`api          ${apiUrl}`]),
  ];
  const describe = ({ id, severity, title, found, mend }: Finding) => {
    const { sign, color } = marks[severity];
    const lines = [...labelled("Found", found), ...labelled("Mend", mend), style("dim", `  ${id}`)];
    return [`${style(color, sign)} ${style("bold", title)}`, ...lines].join("\n");
  };
  const verdict =
    findings.length === 0
      ? `${style("green", "✔")} Nothing wrong was found.`
      : style("bold", `${countBySeverity(findings)}.`);
  const { lookUps } = measurements;
  const measured =
    lookUps &&
    `${lookUps.count} look-ups from here: P50 ${lookUps.p50Ms.toFixed(1)} ms, P95 ${lookUps.p95Ms.toFixed(1)} ms.`;
  const summary = [
    verdict,
    measured,
    `${made} of ${made + unchecked.length} checks were made${unchecked.length === 0 ? "." : "; not made:"}`,
    ...byReason(unchecked).flatMap(([why, names]) =>
      wrap(`${why}, for ${names.join(", ")}`, "  - ", "    "),
    ),
    ...(findings.length === 0 ? [] : [style("dim", `All findings: ${page}`)]),
  ].filter((line) => line !== undefined);
  const blocks = [heading.join("\n"), ...findings.map(describe), summary.join("\n")];
  return `\n${blocks.join("\n\n")}\n\n`;
}

function labelled(label: string, text: string): string[] {
  return wrap(text, `  ${label.padEnd(5)}  `, "         ");
}

/** Words that are longer than a line, such as addresses, stay whole: they are copied. */
function wrap(text: string, first: string, rest: string): string[] {
  const lines: string[] = [];
  let line = first;
  let isEmpty = true;
  for (const word of text.split(" ")) {
    if (!isEmpty && line.length + 1 + word.length > columns) {
      lines.push(line);
      line = rest;
      isEmpty = true;
    }
    line += isEmpty ? word : ` ${word}`;
    isEmpty = false;
  }
  return [...lines, line];
}

function countBySeverity(findings: readonly Finding[]): string {
  return severities
    .map((severity) => ({
      severity,
      count: findings.filter((finding) => finding.severity === severity).length,
    }))
    .filter(({ count }) => count > 0)
    .map(({ severity, count }) => {
      const plural = severity === "advice" ? "pieces of advice" : `${severity}s`;
      const singular = severity === "advice" ? "piece of advice" : severity;
      return `${count} ${count === 1 ? singular : plural}`;
    })
    .join(", ");
}

function byReason(unchecked: Diagnosis["unchecked"]): [why: string, names: string[]][] {
  const reasons = new Map<string, string[]>();
  for (const { check, why } of unchecked) reasons.set(why, [...(reasons.get(why) ?? []), check]);
  return [...reasons];
}
