import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:net";
import { after, before, describe, it } from "node:test";
import { Kysely, sql } from "kysely";
import type { Migration } from "kysely/migration";
import { createPostgres, type TestDatabase } from "../test/database.ts";
import { isUnavailable, openStorage } from "./index.ts";
import { openPostgres } from "./postgres.ts";

describe("storage on a PostgreSQL server", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());

  it("migrates once when ten instances open it at the same time", async () => {
    let runs = 0;
    const migrations: Record<string, Migration> = {
      "001_once": {
        async up(db) {
          runs += 1;
          await db.schema.createTable("once").addColumn("id", "int4").execute();
        },
      },
    };
    const storages = await Promise.all(
      Array.from({ length: 10 }, () => openStorage({ ...database, schema: "auth", migrations })),
    );
    assert.equal(runs, 1);
    await Promise.all(storages.map((storage) => storage.close()));
  });

  it("survives the server cutting a connection in the middle of a query, and calls it an outage", async () => {
    const storage = await openStorage({ ...database, schema: "tasks", migrations: {} });
    await assert.rejects(
      sql`select pg_terminate_backend(pg_backend_pid())`.execute(storage.db),
      (error) => isUnavailable(error),
    );
    assert.equal(await storage.isUp(), true);
    await storage.close();
  });

  it("survives the server cutting a connection in the middle of a transaction", async () => {
    const storage = await openStorage({ ...database, schema: "tasks", migrations: {} });
    const cut = storage.db.transaction().execute(async (transaction) => {
      const { rows } = await sql<{ pid: number }>`select pg_backend_pid() as pid`.execute(
        transaction,
      );
      await sql`select pg_terminate_backend(${rows[0]?.pid}, 5000)`.execute(storage.db);
      await sql`select 1`.execute(transaction);
    });
    await assert.rejects(cut, (error) => isUnavailable(error));
    assert.equal(await storage.isUp(), true);
    await storage.close();
  });

  it("does not call a wrong statement an outage", async () => {
    const storage = await openStorage({ ...database, schema: "tasks", migrations: {} });
    await assert.rejects(sql`select 1/0`.execute(storage.db), (error) => !isUnavailable(error));
    await storage.close();
  });

  it("gives up on a query at its deadline, and never waits behind that query again", async () => {
    const engine = openPostgres(database.databaseUrl ?? "", 300);
    const db = new Kysely<unknown>({ dialect: engine.dialect });
    await assert.rejects(sql`select pg_sleep(60)`.execute(db), (error) => isUnavailable(error));
    await sql`select 1`.execute(db);
    await engine.close();
  });

  it("says in one line, without the password, that no server listens", async () => {
    const port = await unusedPort();
    await assert.rejects(
      openStorage(
        {
          databaseUrl: `postgresql://someone:hush-hush@127.0.0.1:${port}/tasks`,
          dataFolder: "unused",
          schema: "tasks",
          migrations: {},
        },
        0,
      ),
      {
        message: `Cannot open storage: PostgreSQL cannot be reached (connect ECONNREFUSED 127.0.0.1:${port}); check that it runs and that DATABASE_URL is right.`,
      },
    );
  });
});

async function unusedPort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  server.close();
  await once(server, "close");
  return address.port;
}
