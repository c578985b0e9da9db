import { createBoundedClient } from "./bounded-client.ts";
import { checks } from "./checks.ts";
import { type Finding, severities, Unchecked } from "./finding.ts";
import type { DoctorConfig } from "./options.ts";
import { createProbe, type Measurements } from "./probe.ts";

const bounds = { maxRequests: 300, deadlineMs: 45_000 };

export interface Diagnosis {
  /** The worst first. */
  findings: Finding[];
  made: number;
  unchecked: { check: string; why: string }[];
  measurements: Measurements;
}

/** Makes every check that can be made. `stop` ends it early; its own sessions it ends in any case. */
export async function diagnose(config: DoctorConfig, stop: AbortSignal): Promise<Diagnosis> {
  const origins = [config.authUrl, config.apiUrl ?? []].flat().map((url) => new URL(url).origin);
  const client = createBoundedClient({ ...bounds, origins, stop });
  const probe = createProbe(config, client);
  const findings: Finding[] = [];
  const unchecked: Diagnosis["unchecked"] = [];
  try {
    for (const { name, examine } of checks) {
      try {
        await examine(probe, (finding) => findings.push(finding));
      } catch (error) {
        if (!(error instanceof Unchecked)) throw error;
        unchecked.push({ check: name, why: error.message });
      }
    }
  } finally {
    await probe.signOutAll();
    await client.close();
  }
  findings.sort((a, b) => severities.indexOf(a.severity) - severities.indexOf(b.severity));
  const { measurements } = probe;
  return { findings, made: checks.length - unchecked.length, unchecked, measurements };
}
