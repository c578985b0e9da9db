import { randomUUID } from "node:crypto";
import { after, type TestContext } from "node:test";
import { PGlite } from "@electric-sql/pglite";
import { type Dialect, PGliteDialect, PostgresDialect } from "kysely";
import pg from "pg";

/** An empty database of one's own, gone after the test. */
export interface OpenDatabase {
  dialect: Dialect;
  /** Only of a server. */
  pool: pg.Pool | undefined;
  run(statement: string): Promise<unknown>;
  /** How many statements have been run, those in transactions aside. */
  statements(): number;
  close(): Promise<void>;
}

export const engines = [
  { engine: "PGlite", open: openPGlite },
  { engine: "PostgreSQL", open: openPostgres },
] as const;

/** One for all tests of a process, because it takes seconds to start. */
let embedded: PGlite | undefined;
after(() => embedded?.close());

const empty = `do $$ declare name text; begin
  for name in select nspname from pg_namespace where nspname !~ '^pg_|^information_schema$' loop
    execute format('drop schema %I cascade', name);
  end loop;
  create schema public;
end $$`;

async function openPGlite(): Promise<OpenDatabase> {
  embedded ??= await PGlite.create();
  const pglite = embedded;
  await pglite.exec(empty);
  let statements = 0;
  const counted = new Proxy(pglite, {
    get(target, name) {
      if (name === "query") statements += 1;
      const member: unknown = Reflect.get(target, name);
      return typeof member === "function" ? member.bind(target) : member;
    },
  });
  return {
    dialect: new PGliteDialect({ pglite: counted }),
    pool: undefined,
    run: (statement) => pglite.exec(statement),
    statements: () => statements,
    close() {
      embedded = undefined;
      return pglite.close();
    },
  };
}

async function openPostgres(t: TestContext): Promise<OpenDatabase> {
  // biome-ignore lint/style/noProcessEnv: the test set-up hands its server over this way.
  const serverUrl = process.env.TEST_DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      "Cannot create a test database: TEST_DATABASE_URL is not set; run the tests with npm test",
    );
  }
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runOn(serverUrl, `create database ${name}`);
  const url = new URL(serverUrl);
  url.pathname = `/${name}`;
  const pool = new pg.Pool({ connectionString: url.href });
  let statements = 0;
  // Outside a transaction a connection is taken for each.
  pool.on("acquire", () => {
    statements += 1;
  });
  const close = async () => {
    if (!pool.ending) await pool.end();
  };
  t.after(async () => {
    await close();
    // Not by force: it waits for the connections, which end after the pool says so.
    await runOn(serverUrl, `drop database ${name}`);
  });
  return {
    dialect: new PostgresDialect({ pool }),
    pool,
    run: (statement) => runOn(url.href, statement),
    statements: () => statements,
    close,
  };
}

async function runOn(connectionString: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
