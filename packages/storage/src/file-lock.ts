import { DatabaseSync } from "node:sqlite";

/** https://www.sqlite.org/rescode.html#busy */
const SQLITE_BUSY = 5;

export interface FileLock {
  release(): void;
}

/**
 * Locks `path` against other processes, or returns undefined when one of them holds it. SQLite's
 * exclusive transaction is a lock of the operating system's: it ends with the process, even by SIGKILL.
 */
export function tryFileLock(path: string): FileLock | undefined {
  const database = new DatabaseSync(path);
  try {
    database.exec("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE");
  } catch (error) {
    database.close();
    if (error instanceof Error && "errcode" in error && error.errcode === SQLITE_BUSY) {
      return undefined;
    }
    throw error;
  }
  return { release: () => database.close() };
}
