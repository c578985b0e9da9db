import { Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { openEmbedded } from "./embedded.ts";
import { migrate } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";

export { isUnavailable, isValueRefused } from "./unavailable.ts";

export interface StorageOptions {
  /** PostgreSQL when set; otherwise a database embedded in this process. */
  databaseUrl?: string | undefined;
  /** The folder of the embedded database, which belongs to one app alone. */
  dataFolder: string;
  schema: "auth" | "tasks";
  /** Forward-only, run in the order of their names, on a database with the schema applied. */
  migrations: Record<string, Migration>;
}

export interface Storage<DB> {
  /** With the schema applied: names need no prefix, except in raw SQL. */
  db: Kysely<DB>;
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

/** Opens a database that has run all its migrations; rejects with one clear line if it cannot. */
export async function openStorage<DB>(options: StorageOptions): Promise<Storage<DB>> {
  const { databaseUrl, dataFolder, schema, migrations } = options;
  const engine = databaseUrl ? openPostgres(databaseUrl) : await openEmbedded(dataFolder);
  try {
    await migrate(engine.migrationDialect, schema, migrations);
  } catch (cause) {
    await engine.close();
    throw engine.openingError(cause);
  }
  const db = new Kysely<DB>({ dialect: engine.dialect });
  return {
    db: db.withSchema(schema),
    isUp: () =>
      sql`select 1`.execute(db).then(
        () => true,
        () => false,
      ),
    close: engine.close,
  };
}
