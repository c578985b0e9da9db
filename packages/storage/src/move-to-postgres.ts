import { existsSync } from "node:fs";
import { join } from "node:path";
import { Kysely, sql, type Transaction } from "kysely";
import { copyTable } from "./copy-table.ts";
import { describeCause } from "./engine.ts";
import { openStorage, type Storage, type StorageOptions } from "./open-storage.ts";
import { openPostgres } from "./postgres.ts";

/** What one app keeps: the folder of its embedded database, and what it is on any server. */
export type AppDatabase = Pick<StorageOptions, "dataFolder" | "schema" | "migrations">;

export interface MovedTable {
  /** With its schema. */
  name: string;
  rows: number;
}

/**
 * Copies embedded databases to the PostgreSQL server at `databaseUrl`, all of them in one
 * transaction; the folders keep what they hold. Rejects with one clear line when a folder is missing
 * or in use, when the server's tables are not empty, when a count differs, and when either side
 * fails. The server's data is then as it was; if the commit itself went unanswered, the line says so.
 */
export async function moveToPostgres(
  databases: readonly AppDatabase[],
  databaseUrl: string,
  onWaiting: (line: string) => void,
): Promise<MovedTable[]> {
  const missing = databases.find(({ dataFolder }) => !existsSync(join(dataFolder, "PG_VERSION")));
  if (missing) {
    throw new Error(
      `Cannot move the data: there is no embedded database in ${missing.dataFolder}; choose the folder with DATA_DIR.`,
    );
  }
  const sources: { schema: string; storage: Storage<unknown> }[] = [];
  try {
    for (const { schema, dataFolder, migrations } of databases) {
      // Both sides run the same migrations, and so have the same tables.
      sources.push({ schema, storage: await openStorage({ schema, dataFolder, migrations }) });
      const target = { databaseUrl, schema, dataFolder, migrations, onWaiting };
      await (await openStorage(target)).close();
    }
    return await copyInOneTransaction(sources, databaseUrl);
  } finally {
    await Promise.all(sources.map(({ storage }) => storage.close()));
  }
}

async function copyInOneTransaction(
  sources: readonly { schema: string; storage: Storage<unknown> }[],
  databaseUrl: string,
): Promise<MovedTable[]> {
  const engine = openPostgres(databaseUrl);
  let outcome = "nothing at DATABASE_URL was changed; mend that and run it again";
  try {
    // Large tables take longer than a request may.
    const target = new Kysely<unknown>({ dialect: engine.migrationDialect });
    return await target.transaction().execute(async (transaction) => {
      const moved: MovedTable[] = [];
      for (const { schema, storage } of sources) {
        moved.push(...(await copySchema(schema, storage.db, transaction)));
      }
      outcome = "whether it was committed is not known; run it again: it refuses if it was";
      return moved;
    });
  } catch (cause) {
    throw new Error(`Cannot move the data: ${describeCause(cause)}; ${outcome}.`, { cause });
  } finally {
    await engine.close();
  }
}

async function copySchema(
  schema: string,
  source: Kysely<unknown>,
  target: Transaction<unknown>,
): Promise<MovedTable[]> {
  const tables = await listTables(schema, source);
  await sql`set local statement_timeout = 0`.execute(target);
  // Nobody else writes from here on, so what is empty now, and what is counted, holds at the end.
  const ids = tables.map((table) => sql.id(schema, table));
  await sql`lock table ${sql.join(ids)} in share row exclusive mode`.execute(target);
  for (const table of tables) {
    const found = await countRows(schema, table, target);
    if (found > 0) {
      throw new Error(`the server already holds data, ${describe(schema, table, found)}`);
    }
  }
  const moved: MovedTable[] = [];
  for (const table of tables) {
    await copyTable(sql.id(schema, table), source, target);
    const [wanted, found] = [
      await countRows(schema, table, source),
      await countRows(schema, table, target),
    ];
    if (found !== wanted) {
      throw new Error(`${describe(schema, table, found)} after the copy, and ${wanted} before it`);
    }
    moved.push({ name: `${schema}.${table}`, rows: found });
  }
  await copySequences(schema, source, target);
  return moved;
}

/** In the order they were made: a table refers only to those before it. */
async function listTables(schema: string, db: Kysely<unknown>): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class
    where relnamespace = ${schema}::regnamespace and relkind = 'r'
      and relname not in ('kysely_migration', 'kysely_migration_lock')
    order by oid`.execute(db);
  return rows.map(({ name }) => name);
}

async function countRows(schema: string, table: string, db: Kysely<unknown>): Promise<number> {
  const { rows } = await sql<{ count: number }>`
    select count(*) as count from ${sql.id(schema, table)}`.execute(db);
  return rows[0]?.count ?? 0;
}

/** Last, because no transaction takes a sequence back. */
async function copySequences(
  schema: string,
  source: Kysely<unknown>,
  target: Kysely<unknown>,
): Promise<void> {
  const { rows } = await sql<{ name: string; last: string }>`
    select format('%I.%I', schemaname, sequencename) as name, last_value::text as last
    from pg_sequences where schemaname = ${schema} and last_value is not null`.execute(source);
  for (const { name, last } of rows) {
    await sql`select setval(${name}::regclass, ${last}::bigint)`.execute(target);
  }
}

function describe(schema: string, table: string, rows: number): string {
  return `rows in ${schema}.${table}: ${rows}`;
}
