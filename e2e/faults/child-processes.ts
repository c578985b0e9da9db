import { readdirSync, readFileSync } from "node:fs";

interface ChildProcess {
  pid: number;
  command: string;
}

/** All that runs below this process (proc(5)). */
export function childProcesses(): ChildProcess[] {
  const parents = new Map<number, number>();
  for (const name of readdirSync("/proc")) {
    const stat = /^\d+$/.test(name) ? read(`/proc/${name}/stat`) : undefined;
    // The name may hold anything, parentheses included; the parent is the second field after it.
    const parent = stat?.slice(stat.lastIndexOf(")") + 2).split(" ")[1];
    if (parent !== undefined) parents.set(Number(name), Number(parent));
  }
  const isBelow = (pid: number): boolean => {
    const parent = parents.get(pid);
    return parent !== undefined && (parent === process.pid || isBelow(parent));
  };
  return [...parents.keys()].filter(isBelow).flatMap((pid) => {
    const command = read(`/proc/${pid}/cmdline`)?.replaceAll("\0", " ").trim();
    return command ? [{ pid, command }] : [];
  });
}

/** Undefined if it has ended meanwhile. */
function read(path: string): string | undefined {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return undefined;
  }
}
