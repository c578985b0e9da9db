import { PostgresAdapter, PostgresDialect } from "kysely";
import pg from "pg";
import { connectionOptions } from "./database-url.ts";
import { describeCause, type Engine } from "./engine.ts";
import { TrustworthyPool } from "./trustworthy-pool.ts";
import { mayPass } from "./unavailable.ts";

/** PostgreSQL over the network, Neon and PgBouncer included: no session state, no search_path. */
export function openPostgres(databaseUrl: string, queryDeadlineMs = 5_000): Engine {
  const connection = connectionOptions(databaseUrl);
  const requestPool = createPool({ ...connection, max: 10, query_timeout: queryDeadlineMs });
  const migrationPool = createPool({ ...connection, max: 1 });
  return {
    dialect: new TransactionPoolingDialect({ pool: new TrustworthyPool(requestPool) }),
    migrationDialect: new TransactionPoolingDialect({ pool: new TrustworthyPool(migrationPool) }),
    openingError,
    async close() {
      await Promise.all([requestPool.end(), migrationPool.end()]);
    },
  };
}

function openingError(cause: unknown): Error {
  const what = describeCause(cause);
  return new Error(
    mayPass(cause)
      ? `Cannot open storage: PostgreSQL cannot be reached (${what}); check that it runs and that DATABASE_URL is right.`
      : `Cannot open storage: PostgreSQL at DATABASE_URL fails with "${what}".`,
    { cause },
  );
}

function createPool(options: pg.PoolConfig): pg.Pool {
  const types = new pg.TypeOverrides();
  types.setTypeParser(pg.types.builtins.INT8, parseInt8);
  const pool = new pg.Pool({
    ...options,
    types,
    connectionTimeoutMillis: 3_000,
    keepAlive: true,
    application_name: "sallyport",
  });
  // Whoever uses a broken connection is told; without these listeners it would end the process too.
  pool.on("error", () => {});
  pool.on("connect", (client) => client.on("error", () => {}));
  return pool;
}

/** Counts are numbers, as PGlite reads them; only what a number cannot hold stays a bigint. */
function parseInt8(text: string): number | bigint {
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : BigInt(text);
}

/** `migrate` takes its own lock; Kysely's belongs to a session and would get lost in a PgBouncer. */
class TransactionPoolingAdapter extends PostgresAdapter {
  override async acquireMigrationLock(): Promise<void> {}
  override async releaseMigrationLock(): Promise<void> {}
}

class TransactionPoolingDialect extends PostgresDialect {
  override createAdapter(): PostgresAdapter {
    return new TransactionPoolingAdapter();
  }
}
