import type { Finding } from "./run-fault.ts";
import type { Visit } from "./visitors.ts";

/** What clients saw, by outcome: how often, and after how long at the latest. */
export function summarise({ visits }: Finding) {
  const longest = (of: Visit[]) => Math.max(0, ...of.map(({ ms }) => ms));
  const outcomes = [...Map.groupBy(visits, ({ outcome }) => outcome)]
    .map(([outcome, of]) => ({ outcome, count: of.length, longestMs: longest(of) }))
    .sort((a, b) => String(a.outcome).localeCompare(String(b.outcome)));
  return { outcomes, longestMs: longest(visits) };
}

/** Why a finding is not what it has to be. */
export function complaintsAbout(finding: Finding): string[] {
  const { fault, visits, lost, doubled, recoveredAfterMs } = finding;
  const complaints = visits.flatMap(({ complaint, outcome }) =>
    complaint !== undefined && !(fault.endsConnections && /^E[A-Z]+$/.test(String(outcome)))
      ? [complaint]
      : [],
  );
  return [
    ...[...Map.groupBy(complaints, (text) => text)].map(([text, of]) => `${text}, ${of.length}×`),
    ...lost.map((title) => `lost: ${title}`),
    ...doubled.map((title) => `doubled: ${title}`),
    ...(recoveredAfterMs === null ? ["it did not recover"] : []),
  ];
}
