import { readdirSync, readFileSync } from "node:fs";
import { childProcesses } from "./child-processes.ts";
import { liveMegabytesOf } from "./live-heap.ts";

export interface ResourceUse {
  process: string;
  /** In use: of our own servers what lives in them, of others what they hold. */
  megabytes: number;
  /** As the system sees it. */
  residentMegabytes: number;
  descriptors: number;
}

/** What a command is, by its place in the list of processes of that kind. */
const kinds: [name: string, command: RegExp][] = [
  ["web", /apps\/web\/server\.ts$/],
  ["api", /apps\/api\/src\/server\.ts$/],
  ["caddy", /^\S*caddy run/],
  ["redis", /^\S*redis-server/],
];

/** Of all servers below this process; PostgreSQL's processes, which come and go, are one. */
export function resourceUse(liveHeapFolder: string): ResourceUse[] {
  const all = childProcesses();
  const singles = kinds.flatMap(([name, pattern]) =>
    all
      .filter(({ command }) => pattern.test(command))
      .sort((a, b) => a.pid - b.pid)
      .map(({ pid }, index) => {
        const residentMegabytes = megabytesOf(pid, "VmRSS");
        return {
          process: `${name} ${index + 1}`,
          megabytes: liveMegabytesOf(liveHeapFolder, pid) ?? residentMegabytes,
          residentMegabytes,
          descriptors: descriptorsOf(pid),
        };
      }),
  );
  const postgres = all.filter(({ command }) => /^(\S*\/bin\/postgres|postgres:) /.test(command));
  // Without the memory that they share, which each fills with pages once it has read them.
  const megabytes = postgres.reduce((sum, { pid }) => sum + megabytesOf(pid, "RssAnon"), 0);
  return [
    ...singles,
    {
      process: "postgres, all",
      megabytes,
      residentMegabytes: megabytes,
      // Of the one that has most: how many there are shows in who is connected to them.
      descriptors: Math.max(0, ...postgres.map(({ pid }) => descriptorsOf(pid))),
    },
  ];
}

/** Zero for a process that has just ended. */
function megabytesOf(pid: number, member: "VmRSS" | "RssAnon"): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "latin1");
    const kilobytes = new RegExp(`^${member}:\\s+(\\d+) kB$`, "m").exec(status)?.[1];
    return Number(kilobytes ?? 0) / 1024;
  } catch {
    return 0;
  }
}

function descriptorsOf(pid: number): number {
  try {
    return readdirSync(`/proc/${pid}/fd`).length;
  } catch {
    return 0;
  }
}
