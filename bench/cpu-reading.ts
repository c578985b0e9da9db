import { readdirSync, readFileSync } from "node:fs";

/** The kernel's unit of time in /proc (USER_HZ), the same on every Linux. */
const tickMs = 10;

export interface CpuReading {
  /** All that the machine has done, what its host took from it included. */
  busyMs: number;
  /** By this process and all below it, those that are gone included. */
  ownMs: number;
  postgresMs: number;
  /** By one of the processes below this one. */
  msOf(pid: number): number;
}

interface ProcessTimes {
  parent: number;
  name: string;
  ms: number;
  /** Of children that have ended. */
  reapedMs: number;
}

/** See proc(5). Timings elsewhere than on Linux would lack half the table. */
export function readCpu(): CpuReading {
  const processes = new Map<number, ProcessTimes>();
  for (const name of readdirSync("/proc")) {
    const times = /^\d+$/.test(name) && readTimes(name);
    if (times) processes.set(Number(name), times);
  }
  const isOwn = (pid: number): boolean => {
    if (pid === process.pid) return true;
    const parent = processes.get(pid)?.parent;
    return parent !== undefined && isOwn(parent);
  };
  const own = [...processes].filter(([pid]) => isOwn(pid)).map(([, times]) => times);
  const sum = (of: ProcessTimes[]) => of.reduce((ms, times) => ms + times.ms + times.reapedMs, 0);
  return {
    busyMs: readBusyMs(),
    ownMs: sum(own),
    postgresMs: sum(own.filter(({ name }) => name === "postgres")),
    msOf: (pid) => processes.get(pid)?.ms ?? 0,
  };
}

/** Undefined if it has ended since it was listed. */
function readTimes(pid: string): ProcessTimes | undefined {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "latin1");
  } catch {
    return undefined;
  }
  // The name may hold anything, parentheses included; the third field follows the last of them.
  const nameEnd = text.lastIndexOf(")");
  const fields = text.slice(nameEnd + 2).split(" ");
  const ticks = (index: number) => Number(fields[index - 3]) * tickMs;
  return {
    parent: Number(fields[1]),
    name: text.slice(text.indexOf("(") + 1, nameEnd),
    ms: ticks(14) + ticks(15),
    reapedMs: ticks(16) + ticks(17),
  };
}

function readBusyMs(): number {
  const [line = ""] = readFileSync("/proc/stat", "latin1").split("\n");
  const [user = 0, nice = 0, system = 0, , , irq = 0, softirq = 0, steal = 0] = line
    .split(/\s+/)
    .slice(1)
    .map(Number);
  return (user + nice + system + irq + softirq + steal) * tickMs;
}
