import assert from "node:assert/strict";
import { after, before, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import type { Migration } from "kysely/migration";
import { createPostgres, type TestDatabase } from "../test/database.ts";
import { type Pgbouncer, startPgbouncer } from "../test/pgbouncer.ts";
import { isUnavailable, openStorage, type Storage } from "./index.ts";

interface Database {
  account: { id: number; balance: number };
}
const migrations: Record<string, Migration> = {
  "001_account": {
    up: (db) =>
      db.schema
        .createTable("account")
        .addColumn("id", "int4", (column) => column.primaryKey())
        .addColumn("balance", "int4", (column) => column.notNull())
        .execute(),
  },
};

describe("storage through PgBouncer in transaction mode", () => {
  let database: TestDatabase;
  let pgbouncer: Pgbouncer;
  let storage: Storage<Database>;

  before(async () => {
    database = await createPostgres();
    // Two connections for ten clients: a statement seldom finds the one that the last one had.
    pgbouncer = await startPgbouncer(database, {
      default_pool_size: 2,
      server_idle_timeout: 1,
      client_idle_timeout: 1,
    });
    storage = await openStorage({
      databaseUrl: pgbouncer.databaseUrl,
      dataFolder: "",
      schema: "tasks",
      migrations,
    });
  });
  after(async () => {
    await storage.close();
    await pgbouncer.stop();
    await database.drop();
  });
  beforeEach(async () => {
    await storage.db.deleteFrom("account").execute();
    await storage.db.insertInto("account").values({ id: 1, balance: 0 }).execute();
  });

  const balance = () =>
    storage.db.selectFrom("account").select("balance").where("id", "=", 1).executeTakeFirst();
  const deposit = () =>
    storage.db.transaction().execute(async (transaction) => {
      const { balance } = await transaction
        .selectFrom("account")
        .select("balance")
        .where("id", "=", 1)
        .forUpdate()
        .executeTakeFirstOrThrow();
      await transaction
        .updateTable("account")
        .set({ balance: balance + 1 })
        .where("id", "=", 1)
        .execute();
    });

  it("keeps transactions whole, however few connections they share", async () => {
    await Promise.all(Array.from({ length: 50 }, deposit));
    assert.deepEqual(await balance(), { balance: 50 });
  });

  it("leaves no prepared statement and no lock behind on any connection", async () => {
    await Promise.all(Array.from({ length: 20 }, balance));
    const left = await Promise.all(
      Array.from({ length: 20 }, () =>
        sql<{ statements: number; locks: number }>`
          select (select count(*) from pg_prepared_statements where name <> '') as statements,
            (select count(*) from pg_locks join pg_database d on d.oid = database
              where locktype = 'advisory' and datname = current_database()) as locks`.execute(
          storage.db,
        ),
      ),
    );
    for (const { rows } of left) assert.deepEqual(rows, [{ statements: 0, locks: 0 }]);
  });

  it("works again at once after PgBouncer has closed its clients and its servers for idling", async () => {
    await Promise.all(Array.from({ length: 20 }, balance));
    const connected = async () => {
      const clients = await pgbouncer.ask("SHOW CLIENTS");
      const servers = await pgbouncer.ask("SHOW SERVERS");
      return [...clients, ...servers].filter(({ database }) => database !== "pgbouncer").length;
    };
    assert.ok((await connected()) > 0);
    while ((await connected()) > 0) await setTimeout(100);
    assert.deepEqual(await balance(), { balance: 0 });
  });

  it("calls it an outage when the server drops a connection in a transaction, and takes that back", async () => {
    const cut = storage.db.transaction().execute(async (transaction) => {
      await transaction.updateTable("account").set({ balance: 99 }).execute();
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
        transaction,
      );
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(storage.db);
      await transaction.updateTable("account").set({ balance: 100 }).execute();
    });
    await assert.rejects(cut, (error) => isUnavailable(error));
    assert.deepEqual(await balance(), { balance: 0 });
  });

  it("answers right or calls it an outage, never wrong, while connections are dropped at random", async () => {
    let acknowledged = 0;
    let attempts = 0;
    let isOver = false;
    const depositing = Promise.all(
      Array.from({ length: 4 }, async () => {
        while (!isOver) {
          attempts += 1;
          await deposit().then(
            () => {
              acknowledged += 1;
            },
            (error) => assert.ok(isUnavailable(error), error),
          );
        }
      }),
    );
    for (let round = 0; round < 10; round += 1) {
      await setTimeout(50);
      await sql`
        select pg_terminate_backend(pid) from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()`
        .execute(storage.db)
        .catch((error) => assert.ok(isUnavailable(error), error));
    }
    isOver = true;
    await depositing;
    const isBack = async () =>
      (await Promise.allSettled(Array.from({ length: 10 }, balance))).every(
        ({ status }) => status === "fulfilled",
      );
    while (!(await isBack())) await setTimeout(20);
    const { balance: found = 0 } = (await balance()) ?? {};
    assert.ok(acknowledged > 0 && acknowledged < attempts, `${acknowledged} of ${attempts}`);
    // A commit whose answer was lost may count as well.
    assert.ok(
      found >= acknowledged && found <= attempts,
      `${acknowledged} ≤ ${found} ≤ ${attempts}`,
    );
  });

  it("fails to open at once, in words, when the password or the database's name is wrong", async () => {
    const { databaseUrl } = pgbouncer;
    for (const [wrong, words] of [
      [databaseUrl.replace("hush", "wrong"), "SASL authentication failed"],
      [`${databaseUrl}_not`, "no such database"],
    ] as const) {
      await assert.rejects(
        openStorage({ databaseUrl: wrong, dataFolder: "", schema: "tasks", migrations }),
        (error: Error) => {
          assert.match(error.message, new RegExp(`^Cannot open storage: .*${words}.*$`));
          return true;
        },
      );
    }
  });
});
