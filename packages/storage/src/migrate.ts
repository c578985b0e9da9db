import { type Dialect, Kysely, sql } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

const MIGRATION_LOCK = 7255_2911_0306;

/**
 * Runs what has not run yet, all or nothing.
 *
 * One transaction holds the advisory lock: a session's lock would stay behind in PgBouncer's
 * transaction mode, where the connection that takes it need not be the one that gives it back.
 */
export async function migrate(
  dialect: Dialect,
  schema: string,
  migrations: Record<string, Migration>,
): Promise<void> {
  await new Kysely<unknown>({ dialect }).transaction().execute(async (transaction) => {
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    const migrator = new Migrator({
      db: transaction.withSchema(schema),
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
    });
    const { error } = await migrator.migrateToLatest();
    if (error) throw error;
  });
}
