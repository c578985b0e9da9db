import type { Diagnosis } from "./diagnose.ts";
import type { DoctorConfig } from "./options.ts";

/** For programs: one document. */
export function reportAsJson(
  { authUrl, apiUrl, mode }: DoctorConfig,
  { findings, unchecked, measurements }: Diagnosis,
): string {
  const isHealthy = findings.length === 0;
  const report = {
    isHealthy,
    authUrl,
    apiUrl: apiUrl ?? null,
    mode,
    findings,
    unchecked,
    measurements,
  };
  return `${JSON.stringify(report, undefined, 2)}\n`;
}
