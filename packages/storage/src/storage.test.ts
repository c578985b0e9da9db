import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type Generated, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { type TestDatabase, testEngines } from "../test/database.ts";
import { openStorage, type Storage } from "./index.ts";

interface Database {
  note: { id: Generated<number>; text: string; written_at: Generated<Date> };
}

let runs = 0;
const migrations: Record<string, Migration> = {
  "001_note": {
    async up(db) {
      runs += 1;
      await db.schema
        .createTable("note")
        .addColumn("id", "bigserial", (column) => column.primaryKey())
        .addColumn("text", "text", (column) => column.notNull())
        .addColumn("written_at", "timestamptz", (column) => column.notNull().defaultTo(sql`now()`))
        .execute();
    },
  },
};

for (const engine of testEngines) {
  describe(`storage on ${engine.name}`, () => {
    let database: TestDatabase;
    let storage: Storage<Database>;
    const open = (more: Record<string, Migration> = {}) =>
      openStorage<Database>({
        ...database,
        schema: "tasks",
        migrations: { ...migrations, ...more },
      });

    before(async () => {
      database = await engine.create();
      storage = await open();
    });
    after(async () => {
      await storage.close();
      await database.drop();
    });

    it("keeps its tables and the migrations' own in the given schema", async () => {
      const tables = await sql<{ schema: string; name: string }>`
        select table_schema as schema, table_name as name from information_schema.tables
        where table_schema not in ('pg_catalog', 'information_schema') order by name`.execute(
        storage.db,
      );
      assert.deepEqual(
        tables.rows.map(({ schema, name }) => `${schema}.${name}`),
        ["tasks.kysely_migration", "tasks.kysely_migration_lock", "tasks.note"],
      );
    });

    it("gives timestamps as Date and whole numbers as numbers", async () => {
      const note = await storage.db
        .insertInto("note")
        .values({ text: "typed" })
        .returningAll()
        .executeTakeFirstOrThrow();
      assert.ok(note.written_at instanceof Date);
      assert.equal(typeof note.id, "number");
      const count = await storage.db
        .selectFrom("note")
        .select((eb) => eb.fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      assert.equal(typeof count.count, "number");
    });

    it("keeps the exact value of a whole number too large for a number", async () => {
      const { rows } = await sql<{ big: bigint }>`select 9007199254740993::int8 as big`.execute(
        storage.db,
      );
      assert.deepEqual(rows, [{ big: 9007199254740993n }]);
    });

    it("takes back everything of a transaction that fails", async () => {
      await assert.rejects(
        storage.db.transaction().execute(async (transaction) => {
          await transaction.insertInto("note").values({ text: "never" }).execute();
          throw new Error("changed my mind");
        }),
        /changed my mind/,
      );
      const found = await storage.db
        .selectFrom("note")
        .select("id")
        .where("text", "=", "never")
        .execute();
      assert.deepEqual(found, []);
    });

    it("says that it is up", async () => {
      assert.equal(await storage.isUp(), true);
    });

    it("keeps what was written, and runs only new migrations, when it is opened again", async () => {
      await storage.db.insertInto("note").values({ text: "kept" }).execute();
      await storage.close();
      const before = runs;
      storage = await open({
        "002_colour": {
          up: (db) => db.schema.alterTable("note").addColumn("colour", "text").execute(),
        },
      });
      assert.equal(runs, before);
      const kept = await storage.db
        .selectFrom("note")
        .select("text")
        .where("text", "=", "kept")
        .execute();
      assert.deepEqual(kept, [{ text: "kept" }]);
    });

    it("says in one line which migration's error kept it from opening, and applies none of it", async () => {
      await storage.close();
      const broken: Record<string, Migration> = {
        "002_colour": { up: async () => {} },
        "003_broken": {
          async up(db) {
            await db.schema.createTable("half").addColumn("id", "int4").execute();
            await sql`select no_such_function()`.execute(db);
          },
        },
      };
      await assert.rejects(open(broken), (error) => {
        assert.ok(error instanceof Error);
        assert.match(error.message, /^Cannot open storage: .*no_such_function.*/);
        assert.doesNotMatch(error.message, /\n/);
        return true;
      });
      storage = await open({ "002_colour": { up: async () => {} } });
      const half = await sql`select to_regclass('tasks.half') as half`.execute(storage.db);
      assert.deepEqual(half.rows, [{ half: null }]);
    });
  });
}
