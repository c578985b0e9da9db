import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import {
  createEmbedded,
  createPostgres,
  linkDatabase,
  type TestDatabase,
} from "../test/database.ts";
import { startPgbouncer } from "../test/pgbouncer.ts";
import { type AppDatabase, moveToPostgres, openStorage } from "./index.ts";

const authMigrations: Record<string, Migration> = {
  "001_person": {
    up: (db) =>
      db.schema
        .createTable("person")
        .addColumn("id", "text", (c) => c.primaryKey())
        .execute(),
  },
};
/** Of every kind that is easily lost on the way. */
const taskMigrations: Record<string, Migration> = {
  "001_kinds": {
    async up(db) {
      await sql`create table tasks.parent (id bigserial primary key)`.execute(db);
      await sql`
        create table tasks.kinds (
          id bigint generated always as identity primary key,
          parent bigint not null references tasks.parent,
          "mixedCase" text, moment timestamptz, local timestamp, big bigint, exact numeric,
          ratio double precision, bytes bytea, data json, list text[], unique_id uuid
        )`.execute(db);
    },
  },
};

describe("moving embedded databases to PostgreSQL", () => {
  let folders: [TestDatabase, TestDatabase];
  let databases: AppDatabase[];
  const ignore = () => {};

  before(async () => {
    folders = [await createEmbedded(), await createEmbedded()];
    databases = [
      { schema: "auth", dataFolder: folders[0].dataFolder, migrations: authMigrations },
      { schema: "tasks", dataFolder: folders[1].dataFolder, migrations: taskMigrations },
    ];
    await query("auth", undefined, "insert into auth.person values ('é \"quoted\"'), ('b')");
    await query("tasks", undefined, "insert into tasks.parent select from generate_series(1, 7)");
    await query(
      "tasks",
      undefined,
      `insert into tasks.kinds (parent, "mixedCase", moment, local, big, exact, ratio, bytes, data, list, unique_id)
       select 1 + n % 7, E'a\\tb\\n''"\\\\ 😀 ' || n, '2026-01-02T03:04:05.678901+02', '2026-01-02 03:04:05.678901',
         9007199254740993, 12345678901234567890.123456789, 0.1::float8 + n, '\\x00ff', '{"a": 1, "a": [2.50]}',
         array['x,y', null, '"z"'], '0198f2a0-0000-7000-8000-000000000000'
       from generate_series(1, 2500) n`,
    );
  });
  after(() => Promise.all(folders.map((folder) => folder.drop())));

  /** On the app's folder, or on a server. */
  async function query(schema: "auth" | "tasks", databaseUrl: string | undefined, text: string) {
    const app = databases.find((database) => database.schema === schema);
    assert.ok(app);
    const storage = await openStorage({ ...app, databaseUrl });
    try {
      return (await sql.raw<Record<string, unknown>>(text).execute(storage.db)).rows;
    } finally {
      await storage.close();
    }
  }
  const everyRow = async (databaseUrl?: string) => [
    await query("auth", databaseUrl, "select p::text as row from auth.person p order by id"),
    await query("tasks", databaseUrl, "select p::text as row from tasks.parent p order by id"),
    await query(
      "tasks",
      databaseUrl,
      "select (to_jsonb(k) - 'moment' - 'data')::text as row, extract(epoch from moment)::text as moment, data::text as data from tasks.kinds k order by id",
    ),
  ];
  const refusal = (databaseUrl: string, from = databases) =>
    moveToPostgres(from, databaseUrl, ignore).then(
      () => assert.fail("It moved"),
      (error: Error) => error.message,
    );

  it("copies every row to the last digit, through PgBouncer too, and counts them", async () => {
    const before = await everyRow();
    const [direct, pooled] = [await createPostgres(), await createPostgres()];
    const pgbouncer = await startPgbouncer(pooled);
    for (const target of [direct.databaseUrl ?? "", pgbouncer.databaseUrl]) {
      assert.deepEqual(await moveToPostgres(databases, target, ignore), [
        { name: "auth.person", rows: 2 },
        { name: "tasks.parent", rows: 7 },
        { name: "tasks.kinds", rows: 2500 },
      ]);
      assert.deepEqual(await everyRow(target), before);
    }
    assert.deepEqual(await everyRow(), before, "the folders keep what they hold");
    await pgbouncer.stop();
    await Promise.all([direct.drop(), pooled.drop()]);
  });

  it("goes on counting ids where the embedded database was", async () => {
    const target = await createPostgres();
    await moveToPostgres(databases, target.databaseUrl ?? "", ignore);
    assert.deepEqual(
      await query(
        "tasks",
        target.databaseUrl,
        "insert into tasks.parent default values returning id",
      ),
      [{ id: 8 }],
    );
    assert.deepEqual(
      await query(
        "tasks",
        target.databaseUrl,
        "insert into tasks.kinds (parent) values (8) returning id",
      ),
      [{ id: 2501 }],
    );
    await target.drop();
  });

  it("refuses a server that holds data, a second move included, and leaves it alone", async () => {
    const target = await createPostgres();
    const url = target.databaseUrl ?? "";
    await query("tasks", url, "insert into tasks.parent values (100)");
    assert.equal(
      await refusal(url),
      "Cannot move the data: the server already holds data, rows in tasks.parent: 1; nothing at DATABASE_URL was changed; mend that and run it again.",
    );
    assert.deepEqual(await query("auth", url, "select * from auth.person"), []);
    await query("tasks", url, "delete from tasks.parent");
    await moveToPostgres(databases, url, ignore);
    assert.match(await refusal(url), /already holds data, rows in auth\.person: 2/);
    await target.drop();
  });

  it("refuses a folder without a database, and makes none", async () => {
    const [app] = databases;
    assert.ok(app);
    const nowhere = `${app.dataFolder}-not`;
    for (let attempt = 0; attempt < 2; attempt += 1) {
      assert.equal(
        await refusal("postgresql://unused", [{ ...app, dataFolder: nowhere }]),
        `Cannot move the data: there is no embedded database in ${nowhere}; choose the folder with DATA_DIR.`,
      );
    }
  });

  it("refuses a folder that is in use", async () => {
    const target = await createPostgres();
    const [, tasks] = databases;
    assert.ok(tasks);
    const storage = await openStorage(tasks);
    assert.match(await refusal(target.databaseUrl ?? ""), /^Cannot open storage: .* is in use/);
    await storage.close();
    await target.drop();
  });

  it("leaves the server as it was when the connection is lost half-way, and can be run again", async () => {
    const target = await createPostgres();
    const url = target.databaseUrl ?? "";
    const link = await linkDatabase(target);
    // Where the last table begins, everything before it has been sent.
    await query(
      "tasks",
      url,
      `create function tasks.hold() returns trigger language plpgsql as
         $$ begin perform pg_advisory_xact_lock(1); return null; end $$;
       create trigger hold before insert on tasks.kinds execute function tasks.hold()`,
    );
    const holder = await openStorage({ ...target, schema: "auth", migrations: authMigrations });
    await holder.db.transaction().execute(async (transaction) => {
      await sql`select pg_advisory_xact_lock(1)`.execute(transaction);
      const moving = refusal(link.databaseUrl);
      const waiting = sql`
        select from pg_locks join pg_database d on d.oid = database
        where locktype = 'advisory' and not granted and datname = current_database()`;
      while ((await waiting.execute(transaction)).rows.length === 0) await setTimeout(50);
      link.cut();
      assert.match(await moving, /^Cannot move the data: .*; nothing at DATABASE_URL was changed/);
    });
    await holder.close();
    for (const table of ["auth.person", "tasks.parent", "tasks.kinds"]) {
      assert.deepEqual(await query("tasks", url, `select from ${table}`), [], table);
    }
    await query("tasks", url, "drop trigger hold on tasks.kinds");
    assert.equal((await moveToPostgres(databases, url, ignore)).length, 3);
    await link.close();
    await target.drop();
  });
});
