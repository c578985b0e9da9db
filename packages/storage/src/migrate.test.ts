import assert from "node:assert/strict";
import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { after, before, describe, it } from "node:test";
import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import { createPostgres, type TestDatabase, testEngines } from "../test/database.ts";
import { startPgbouncer } from "../test/pgbouncer.ts";
import { openStorage } from "./index.ts";

const processPath = join(import.meta.dirname, "../test/migrating-process.ts");

const table = (name: string): Migration => ({
  up: (db) => db.schema.createTable(name).addColumn("id", "int4").execute(),
});
const older = { "001_first": table("first") };
const newer = { ...older, "002_second": table("second") };

/** Resolves to how many migrations it ran. */
async function migrateInProcess(databaseUrl: string): Promise<unknown> {
  const [ran] = await once(fork(processPath, [databaseUrl]), "message");
  return ran;
}

describe("migrations started by ten processes at once", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());

  const startTen = (databaseUrl = "") =>
    Promise.all(Array.from({ length: 10 }, () => migrateInProcess(databaseUrl)));

  it("run once, and every process opens", async () => {
    const ran = await startTen(database.databaseUrl);
    assert.deepEqual(ran.sort(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
  });

  it("run once through PgBouncer with fewer connections than processes", async () => {
    const own = await createPostgres();
    const pgbouncer = await startPgbouncer(own, { default_pool_size: 3 });
    const ran = await startTen(pgbouncer.databaseUrl);
    assert.deepEqual(ran.sort(), [0, 0, 0, 0, 0, 0, 0, 0, 0, 1]);
    await pgbouncer.stop();
    await own.drop();
  });
});

for (const engine of testEngines) {
  describe(`migrations on ${engine.name}`, () => {
    let database: TestDatabase;
    before(async () => {
      database = await engine.create();
    });
    after(() => database.drop());
    const open = (migrations: Record<string, Migration>) =>
      openStorage({ ...database, schema: "tasks", migrations });

    it("are named by the opening that ran them", async () => {
      for (const [migrations, ran] of [
        [older, ["001_first"]],
        [older, []],
        [newer, ["002_second"]],
      ] as const) {
        const storage = await open(migrations);
        assert.deepEqual(storage.migrated, ran);
        await storage.close();
      }
    });

    it("refuse a database that is newer than the code, in one line, and leave it alone", async () => {
      await assert.rejects(open(older), {
        message:
          "Cannot open storage: the database is newer than this version of the app: its schema tasks has run 002_second, and the newest migration known here is 001_first; start the version that has it, or a newer one.",
      });
      const storage = await open(newer);
      assert.deepEqual(storage.migrated, []);
      await storage.close();
    });
  });
}

describe("a role", () => {
  let database: TestDatabase;
  const role = `app_${process.pid}`;
  before(async () => {
    database = await createPostgres();
    const storage = await openStorage({ ...database, schema: "tasks", migrations: older });
    for (const statement of [
      `create role ${role} login`,
      `grant usage on schema tasks to ${role}`,
      `grant select, insert, update, delete on tasks.first to ${role}`,
      `grant select on tasks.kysely_migration to ${role}`,
    ]) {
      await sql.raw(statement).execute(storage.db);
    }
    await storage.close();
  });
  after(async () => {
    const storage = await openStorage({ ...database, schema: "auth", migrations: {} });
    await sql.raw(`drop owned by ${role}; drop role ${role}`).execute(storage.db);
    await storage.close();
    await database.drop();
  });
  const asRole = () => {
    const url = new URL(database.databaseUrl ?? "");
    url.username = role;
    return url.href;
  };

  it("that may only read and write rows opens a database that has run all migrations", async () => {
    const storage = await openStorage({
      databaseUrl: asRole(),
      dataFolder: "",
      schema: "tasks",
      migrations: older,
    });
    await sql`insert into tasks.first values (1)`.execute(storage.db);
    await storage.close();
  });

  it("with a time limit for statements migrates for as long as it takes", async () => {
    const storage = await openStorage({ ...database, schema: "auth", migrations: {} });
    await sql.raw(`alter role ${role} set statement_timeout = '50ms'`).execute(storage.db);
    await sql.raw(`grant create on schema tasks to ${role}`).execute(storage.db);
    await sql.raw(`grant all on all tables in schema tasks to ${role}`).execute(storage.db);
    await storage.close();
    const slow: Migration = {
      up: (db) => sql`select pg_sleep(0.2)`.execute(db).then(() => {}),
    };
    const limited = await openStorage({
      databaseUrl: asRole(),
      dataFolder: "",
      schema: "tasks",
      migrations: { ...older, "002_slow": slow },
    });
    assert.deepEqual(limited.migrated, ["002_slow"]);
    await limited.close();
  });
});
