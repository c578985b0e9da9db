import { defineCheck, Unchecked } from "../finding.ts";
import { lookUpPath, type Probe } from "../probe.ts";

const targetMs = 50;
const warmUps = 5;
const lookUps = 100;
const fewest = 50;

/** What each request to the backend will wait for its check: one after the other, as the guard asks. */
export const lookUpTime = defineCheck({
  name: "the time that a look-up takes",
  kinds: {
    "look-ups-slow": { severity: "warning", title: "Looking a session up takes long." },
  },
  async examine(probe, report) {
    if (probe.config.mode === "jwt") return;
    const { cookie, token, signature } = await probe.session();
    const isBatched = (await probe.plugin()) === "key taken";
    const headers = keyHeaders(probe);
    const lookUp = () =>
      isBatched
        ? probe.askAuth("/sallyport/sessions", {
            method: "POST",
            headers,
            body: { sessions: [`${token}.${signature}`] },
          })
        : probe.askAuth(lookUpPath, { headers: { ...headers, cookie } });

    const durationsMs: number[] = [];
    for (let index = -warmUps; index < lookUps; index += 1) {
      const { status, durationMs } = await lookUp();
      if (status !== 200) break;
      if (index >= 0) durationsMs.push(durationMs);
    }
    if (durationsMs.length < fewest) throw new Unchecked("look-ups were refused");
    durationsMs.sort((a, b) => a - b);
    const [p50Ms, p95Ms] = [percentile(durationsMs, 50), percentile(durationsMs, 95)];
    probe.measurements.lookUps = { count: durationsMs.length, p50Ms, p95Ms };
    if (p95Ms <= targetMs) return;
    report("look-ups-slow", {
      found: `${durationsMs.length} look-ups from here: P50 ${p50Ms.toFixed(0)} ms, P95 ${p95Ms.toFixed(0)} ms; the target is ${targetMs} ms.`,
      mend: "Run this where your backend runs: each millisecond between the two is in every request. Then see Better Auth's database: its distance, its index on session.token, its pool.",
    });
  },
});

/** Nearest rank: so many percent of the values, sorted and not none, are at most this. */
export function percentile(sorted: readonly number[], percent: number): number {
  return sorted[Math.ceil((sorted.length * percent) / 100) - 1] ?? Number.NaN;
}

/** As a backend shows it at each look-up. */
export function keyHeaders({ config: { serviceKey } }: Probe): Record<string, string> {
  return serviceKey === undefined ? {} : { "x-sallyport-key": serviceKey };
}
