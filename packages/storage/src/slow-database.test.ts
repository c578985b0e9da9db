import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Kysely, sql } from "kysely";
import {
  createPostgres,
  type DatabaseLink,
  linkDatabase,
  type TestDatabase,
} from "../test/database.ts";
import { isUnavailable } from "./index.ts";
import { openPostgres } from "./postgres.ts";

const deadlineMs = 1_000;

describe("storage on a slow database", () => {
  let database: TestDatabase;
  let link: DatabaseLink;
  let engine: ReturnType<typeof openPostgres>;
  let db: Kysely<unknown>;

  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());
  beforeEach(async () => {
    link = await linkDatabase(database);
    engine = openPostgres(link.databaseUrl, deadlineMs);
    db = new Kysely<unknown>({ dialect: engine.dialect });
  });
  afterEach(async () => {
    await engine.close();
    await link.close();
  });

  it("answers what comes before the deadline", async () => {
    await sql`select 1`.execute(db);
    link.slow(deadlineMs / 3);
    const { rows } = await sql`select 1 as one`.execute(db);
    assert.deepEqual(rows, [{ one: 1 }]);
  });

  it("ends a transaction with the first answer that misses the deadline, without waiting for a rollback", async () => {
    await sql`select 1`.execute(db);
    const startedAt = performance.now();
    const transaction = db.transaction().execute(async (transaction) => {
      link.slow(deadlineMs * 3);
      await sql`select 1`.execute(transaction);
    });
    await assert.rejects(transaction, (error) => isUnavailable(error));
    const tookMs = performance.now() - startedAt;
    assert.ok(tookMs < deadlineMs * 1.8, `${tookMs} ms`);
  });

  it("calls every query an outage that misses the deadline, and leaks no connection", async () => {
    const ask = () => sql`select 1`.execute(db);
    await Promise.all(Array.from({ length: 30 }, ask));
    assert.equal(link.connections, 10);
    link.slow(deadlineMs * 3);
    for (let round = 0; round < 3; round += 1) {
      const asked = await Promise.allSettled(Array.from({ length: 30 }, ask));
      for (const answer of asked) {
        assert.ok(answer.status === "rejected" && isUnavailable(answer.reason));
      }
      assert.ok(link.connections <= 10, `${link.connections} connections`);
    }
    link.mend();
    while (
      !(await ask().then(
        () => true,
        () => false,
      ))
    )
      await setTimeout(20);
    await Promise.all(Array.from({ length: 30 }, ask));
    assert.ok(link.connections <= 10, `${link.connections} connections`);
    await engine.close();
    while (link.connections > 0) await setTimeout(20);
    engine = openPostgres(link.databaseUrl);
  });

  it("refuses at once what would wait behind a thousand others", async () => {
    link.silence();
    const ask = () => sql`select 1`.execute(db).catch((error: unknown) => error);
    const waiting = Array.from({ length: 1_010 }, ask);
    const startedAt = performance.now();
    const refused = await ask();
    assert.ok(isUnavailable(refused));
    assert.ok(performance.now() - startedAt < 1_000);
    link.cut();
    for (const error of await Promise.all(waiting)) assert.ok(isUnavailable(error));
  });
});
