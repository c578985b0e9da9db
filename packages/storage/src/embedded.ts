import { mkdir } from "node:fs/promises";
import { PGlite } from "@electric-sql/pglite";
import { PGliteDialect } from "kysely";
import { describeCause, type Engine } from "./engine.ts";
import { lockFolder } from "./folder-lock.ts";

/** PostgreSQL inside this process (PGlite), on a folder that no other process may open meanwhile. */
export async function openEmbedded(dataFolder: string): Promise<Engine> {
  try {
    await mkdir(dataFolder, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new Error(
      `Cannot open storage: the data folder ${dataFolder} cannot be created (${describeCause(cause)}); choose another with DATA_DIR.`,
      { cause },
    );
  }
  const lock = lockFolder(dataFolder);
  const openingError = (cause: unknown) =>
    new Error(
      `Cannot open storage: the database in ${dataFolder} fails with "${describeCause(cause)}".`,
      {
        cause,
      },
    );
  try {
    const pglite = await PGlite.create(dataFolder);
    const dialect = new PGliteDialect({ pglite });
    return {
      dialect,
      migrationDialect: dialect,
      openingError,
      async close() {
        await pglite.close().finally(lock.release);
      },
    };
  } catch (cause) {
    lock.release();
    throw openingError(cause);
  }
}
