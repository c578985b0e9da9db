import { DatabaseSync } from "node:sqlite";

export interface FolderLock {
  release(): void;
}

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

/**
 * Keeps every other process out of a folder. Node has no file locks of its own, SQLite has: the
 * kernel's, on the file beside the folder, which end with their process however it dies.
 */
export function lockFolder(folder: string): FolderLock {
  let file: DatabaseSync | undefined;
  try {
    file = new DatabaseSync(`${folder}.lock`);
    file.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (cause) {
    file?.close();
    throw new Error(
      isBusy(cause)
        ? `Cannot open storage: ${folder} is in use by another process; stop that one, or choose another folder with DATA_DIR.`
        : `Cannot open storage: ${folder}.lock is not writable; choose another folder with DATA_DIR.`,
      { cause },
    );
  }
  const held = file;
  return { release: () => held.close() };
}

function isBusy(cause: unknown): boolean {
  return cause instanceof Error && "errcode" in cause && cause.errcode === SQLITE_BUSY;
}
