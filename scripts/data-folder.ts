import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { type FileLock, tryFileLock } from "@sallyport/storage/file-lock";
import { LaunchError } from "./launch-error.ts";

/** Makes sure that the data folder exists, can be written, and belongs to this start alone. */
export function claimDataFolder(dataDir: string): FileLock {
  let lock: FileLock | undefined;
  try {
    makeFolder(join(dataDir, "logs"));
    // It holds a secret, wherever it lies.
    if (!existsSync(join(dataDir, ".gitignore"))) {
      writeFileSync(join(dataDir, ".gitignore"), "*\n");
    }
    lock = tryFileLock(join(dataDir, "start.lock"));
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new LaunchError(
      `Cannot write to the data folder ${dataDir} (${reason}): make it writable, or choose another with DATA_DIR.`,
      { cause },
    );
  }
  if (!lock) {
    throw new LaunchError(
      `The data folder ${dataDir} is in use by another start: stop that one first, or choose another folder with DATA_DIR.`,
    );
  }
  return lock;
}

// Node's own recursive mkdir never returns where a file system refuses new folders with ENOENT, as /proc does.
function makeFolder(path: string): void {
  if (!existsSync(path)) {
    makeFolder(dirname(path));
    mkdirSync(path, { mode: 0o700 });
  }
}
