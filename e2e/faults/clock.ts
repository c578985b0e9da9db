import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provideProgram } from "../../scripts/debian-package.ts";
import { ask } from "./ask.ts";
import type { Fault } from "./faults.ts";
import { startFaultySystem } from "./faulty-system.ts";

const hourSeconds = 3_600;

/** A wall clock for the servers alone, which can be set; what counts time spans goes on as ever. */
function makeClock() {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-clock-"));
  const file = join(folder, "offset");
  const set = (seconds: number) => writeFileSync(file, seconds < 0 ? `${seconds}` : `+${seconds}`);
  set(0);
  const library = execFileSync(
    provideProgram("faketime"),
    ["-m", "-f", "+0", "printenv", "LD_PRELOAD"],
    { encoding: "utf8" },
  ).trim();
  return {
    /** Of the processes that go by this clock. */
    env: {
      LD_PRELOAD: library,
      FAKETIME_TIMESTAMP_FILE: file,
      FAKETIME_CACHE_DURATION: "1",
      FAKETIME_DONT_FAKE_MONOTONIC: "1",
      DONT_FAKE_MONOTONIC: "1",
    },
    /** Ahead of the machine's. */
    set,
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** A system whose servers go by a clock of their own. */
export async function startClockedSystem() {
  const clock = makeClock();
  const system = await startFaultySystem(clock.env);
  return {
    ...system,
    /** Resolves when a server says that it is so late. */
    async step(seconds: number): Promise<void> {
      clock.set(seconds);
      const [{ url } = { url: system.origin }] = system.web;
      for (;;) {
        const { headers } = await ask(`${url}/healthz`, {});
        const aheadMs = Date.parse(String(headers.date)) - Date.now();
        if (Math.abs(aheadMs - seconds * 1_000) < 60_000) return;
      }
    },
    async stop(): Promise<void> {
      await system.stop();
      clock.remove();
    },
  };
}

const lastsMs = 10_000;

export const clockFaults: Fault<Awaited<ReturnType<typeof startClockedSystem>>>[] = [
  {
    name: "The servers' clocks step an hour forward, and back again after 10 s",
    lastsMs,
    inject: ({ step }) => step(hourSeconds),
    mend: ({ step }) => step(0),
  },
  {
    name: "The servers' clocks step an hour back, and forward again after 10 s",
    lastsMs,
    inject: ({ step }) => step(-hourSeconds),
    mend: ({ step }) => step(0),
  },
];
