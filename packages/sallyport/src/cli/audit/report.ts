import type { CaseResult, Outcome } from "./case.ts";
import type { AuditReport } from "./perform-audit.ts";

const width = 80;
const marks: Record<Outcome, string> = { pass: "ok", fail: "FAIL", unclear: "?" };

/** For people, in 80 columns. */
export function formatReport(report: AuditReport): string {
  const { target, classes, counts, leftBehind, uncovered } = report;
  const lines = [
    ...wrap(`sallyport audit: ${target.api}${target.path} (${target.mode})`, 0),
    "",
    ...classes.map(({ id, title, results }) => {
      const count = (outcome: Outcome) => results.filter((one) => one.outcome === outcome).length;
      const state = count("fail") > 0 ? "FAIL" : count("unclear") > 0 ? "?" : "ok";
      const figures = `${count("pass")}/${results.length}`.padStart(8);
      return `${state.padEnd(5)}${`${id}: ${title}`.slice(0, width - 14).padEnd(width - 14)}${figures}`;
    }),
  ];
  for (const { id, owasp, asvs, mend, results } of classes) {
    const failed = results.filter(({ outcome }) => outcome === "fail");
    if (failed.length === 0) continue;
    lines.push("", ...wrap(`FAIL ${id}: ${owasp}, ASVS ${asvs}`, 0), ...wrap(`Mend: ${mend}`, 2));
    for (const result of failed) lines.push(...describe(result));
  }
  const unclear = classes.flatMap(({ id, results }) =>
    results.filter(({ outcome }) => outcome === "unclear").map((result) => ({ id, ...result })),
  );
  if (unclear.length > 0) lines.push("", "Not proven either way:");
  for (const [reason, alike] of Map.groupBy(unclear, ({ reason }) => reason)) {
    lines.push(...wrap(`${marks.unclear} ${reason}`, 2));
    for (const [id, ofClass] of Map.groupBy(alike, (one) => one.id)) {
      const names = ofClass.map(({ name }) => name);
      const more = names.length > 3 ? ` · and ${names.length - 3} more (--json)` : "";
      lines.push(...wrap(`${id}: ${names.slice(0, 3).join(" · ")}${more}`, 4));
    }
  }
  if (uncovered.length > 0) {
    lines.push("", "Routes that do not work for their owner as the audit calls them:");
    for (const route of uncovered) lines.push(...wrap(route, 2));
  }
  if (leftBehind.length > 0) {
    lines.push("", "Left behind:");
    for (const thing of leftBehind) lines.push(...wrap(thing, 2));
  }
  lines.push("", ...wrap(`${verdicts[report.verdict]} ${summary(counts)}`, 0));
  return `${lines.join("\n")}\n`;
}

const verdicts: Record<AuditReport["verdict"], string> = {
  sound: "Nothing is broken that the audit looked for.",
  broken: "Broken.",
  "cannot judge": "The audit could not judge.",
};

function summary({ pass, fail, unclear }: AuditReport["counts"]): string {
  return `${pass + fail + unclear} cases: ${pass} proven, ${fail} broken, ${unclear} unclear.`;
}

function describe({ name, asvs, request, reason }: CaseResult): string[] {
  return [
    ...wrap(`- ${name} (ASVS ${asvs})`, 2),
    ...wrap(`${reason.charAt(0).toUpperCase()}${reason.slice(1)}.`, 6),
    ...(request === "" ? [] : wrap(printable(request).slice(0, 200), 6)),
  ];
}

/** A target may hold what a terminal would obey. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Cf}]/gu, (character) => JSON.stringify(character).slice(1, -1));
}

/** Further lines are indented by two more. Words longer than a line are cut in pieces. */
function wrap(text: string, indent: number): string[] {
  const lines: string[] = [];
  let line = " ".repeat(indent);
  for (const word of text.split(" ")) {
    if (line.trim() !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = " ".repeat(indent + 2);
    }
    line += line.trim() === "" ? word : ` ${word}`;
    while (line.length > width) {
      lines.push(line.slice(0, width));
      line = " ".repeat(indent + 2) + line.slice(width);
    }
  }
  return [...lines, line];
}
