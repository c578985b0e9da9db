import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const intervalMs = 15_000;
const { LIVE_HEAP_FOLDER: folder } = process.env;

/**
 * Settings with which a server of ours says every now and then how much of its memory is in use,
 * its garbage collected: what the system sees of it grows for as long as nobody else wants it.
 */
export function reportLiveHeap(folder: string): NodeJS.ProcessEnv {
  return {
    LIVE_HEAP_FOLDER: folder,
    NODE_OPTIONS: `--expose-gc --import ${import.meta.url}`,
  };
}

/** What the process has said last; undefined if it never did. */
export function liveMegabytesOf(folder: string, pid: number): number | undefined {
  try {
    return Number(readFileSync(join(folder, `${pid}`), "latin1")) / 1024 / 1024;
  } catch {
    return undefined;
  }
}

// In the server itself.
if (folder !== undefined && globalThis.gc !== undefined) {
  const { gc } = globalThis;
  setInterval(() => {
    gc();
    const { heapUsed, external } = process.memoryUsage();
    writeFileSync(join(folder, `${process.pid}`), `${heapUsed + external}`);
  }, intervalMs).unref();
}
