import { type FileLock, tryFileLock } from "./file-lock.ts";

/** Keeps every other process out of a folder, by a lock on the file beside it. */
export function lockFolder(folder: string): FileLock {
  let lock: FileLock | undefined;
  try {
    lock = tryFileLock(`${folder}.lock`);
  } catch (cause) {
    throw new Error(
      `Cannot open storage: ${folder}.lock is not writable; choose another folder with DATA_DIR.`,
      { cause },
    );
  }
  if (!lock) {
    throw new Error(
      `Cannot open storage: ${folder} is in use by another process; stop that one, or choose another folder with DATA_DIR.`,
    );
  }
  return lock;
}
