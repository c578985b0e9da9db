import { type Dialect, Kysely, sql, type Transaction } from "kysely";
import { type Migration, Migrator } from "kysely/migration";

const MIGRATION_LOCK = 7255_2911_0306;

/** The database has run migrations that this version of the code does not know. */
export class NewerDatabaseError extends Error {
  override name = "NewerDatabaseError";
}

/**
 * Runs what has not run yet, all or nothing, and resolves to the names of what it ran. Where there
 * is nothing to run, reading the list of migrations is all that the database's user must be allowed.
 *
 * One transaction holds the advisory lock: a session's lock would stay behind in PgBouncer's
 * transaction mode, where the connection that takes it need not be the one that gives it back.
 */
export function migrate(
  dialect: Dialect,
  schema: string,
  migrations: Record<string, Migration>,
): Promise<string[]> {
  return new Kysely<unknown>({ dialect }).transaction().execute(async (transaction) => {
    // Limits that a server or a role sets for requests do not hold here.
    await sql`set local statement_timeout = 0`.execute(transaction);
    await sql`set local lock_timeout = 0`.execute(transaction);
    await sql`select pg_advisory_xact_lock(${sql.lit(MIGRATION_LOCK)})`.execute(transaction);
    const known = Object.keys(migrations).sort();
    const ran = await readRan(transaction, schema);
    const unknown = ran.filter((name) => !known.includes(name));
    if (unknown.length > 0) {
      throw new NewerDatabaseError(
        `Cannot open storage: the database is newer than this version of the app: its schema ${schema} has run ${unknown.join(", ")}, and the newest migration known here is ${known.at(-1) ?? "none"}; start the version that has it, or a newer one.`,
      );
    }
    if (ran.length > 0 && ran.length === known.length) return [];
    const migrator = new Migrator({
      db: transaction.withSchema(schema),
      provider: { getMigrations: async () => migrations },
      migrationTableSchema: schema,
    });
    const { error, results = [] } = await migrator.migrateToLatest();
    if (error) throw error;
    return results.map(({ migrationName }) => migrationName);
  });
}

/** The names in Kysely's own table, which is not there before the first time. */
async function readRan(transaction: Transaction<unknown>, schema: string): Promise<string[]> {
  const table = sql.id(schema, "kysely_migration");
  const { rows: found } = await sql<{ exists: boolean }>`
    select to_regclass(${`${schema}.kysely_migration`}) is not null as exists`.execute(transaction);
  if (!found[0]?.exists) return [];
  const { rows } = await sql<{ name: string }>`select name from ${table} order by name`.execute(
    transaction,
  );
  return rows.map(({ name }) => name);
}
