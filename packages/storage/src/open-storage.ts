import { Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { openEmbedded } from "./embedded.ts";
import { migrate, NewerDatabaseError } from "./migrate.ts";
import { openPostgres } from "./postgres.ts";
import { untilReachable } from "./until-reachable.ts";

export interface StorageOptions {
  /** PostgreSQL when set; otherwise a database embedded in this process. */
  databaseUrl?: string | undefined;
  /** The folder of the embedded database, which belongs to one app alone. */
  dataFolder: string;
  schema: "auth" | "tasks";
  /** Forward-only, run in the order of their names, on a database with the schema applied. */
  migrations: Record<string, Migration>;
  /** Told once, in one line, when the PostgreSQL server cannot be reached yet. */
  onWaiting?: ((line: string) => void) | undefined;
}

export interface Storage<DB> {
  /** With the schema applied: names need no prefix, except in raw SQL. */
  db: Kysely<DB>;
  /** The names of the migrations that had not run before this opening. */
  migrated: readonly string[];
  isUp(): Promise<boolean>;
  close(): Promise<void>;
}

/** For this long a start waits for a PostgreSQL server that is starting or waking up. */
const START_PATIENCE_MS = 30_000;

/**
 * Opens a database that has run all its migrations. Waits for a PostgreSQL server that cannot be
 * reached yet, 30 seconds unless told otherwise; rejects with one clear line if it cannot open.
 */
export async function openStorage<DB>(
  { databaseUrl, dataFolder, schema, migrations, onWaiting = () => {} }: StorageOptions,
  patienceMs = START_PATIENCE_MS,
): Promise<Storage<DB>> {
  const engine = databaseUrl ? openPostgres(databaseUrl) : await openEmbedded(dataFolder);
  const db = new Kysely<DB>({ dialect: engine.dialect });
  const ask = () => sql`select 1`.execute(db);
  const migrateOnceReachable = async () => {
    // Migrations have no deadline of their own: one would hang on a pooler whose server is gone.
    await ask();
    return await migrate(engine.migrationDialect, schema, migrations);
  };
  try {
    const migrated = await untilReachable(
      migrateOnceReachable,
      databaseUrl ? patienceMs : 0,
      onWaiting,
    );
    return {
      db: db.withSchema(schema),
      migrated,
      isUp: () =>
        ask().then(
          () => true,
          () => false,
        ),
      close: engine.close,
    };
  } catch (cause) {
    await engine.close();
    throw cause instanceof NewerDatabaseError ? cause : engine.openingError(cause);
  }
}
