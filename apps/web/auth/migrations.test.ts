import assert from "node:assert/strict";
import { describe, it } from "node:test";
import { createLog } from "@sallyport/server";
import { openStorage, type Storage } from "@sallyport/storage";
import { testEngines } from "@sallyport/storage/testing";
import { getMigrations } from "better-auth/db/migration";
import { sql } from "kysely";
import { readConfig } from "../config.ts";
import { secret } from "../test/auth-server.ts";
import { createAuth } from "./auth.ts";
import { migrations } from "./migrations.ts";
import { openRateLimits } from "./rate-limits/rate-limits.ts";

const log = createLog("web", "silent");
const limits = await openRateLimits({ secret, redisUrl: undefined, log });

/** What Better Auth finds missing or wrong in a database, and the means to put it right. */
function inspect(storage: Storage<unknown>) {
  const { options } = createAuth({
    config: readConfig({ BETTER_AUTH_SECRET: secret }),
    storage,
    limits,
    log,
    clientAddressHeader: "x-client-address",
    deleteTasks: async () => {},
  });
  return getMigrations(options);
}

/** Every column, constraint and index of the schema, but for Kysely's own tables. */
async function describeSchema({ db }: Storage<unknown>): Promise<string[]> {
  const { rows } = await sql<{ line: string }>`
    select concat_ws(' ', table_name, column_name, data_type, is_nullable, column_default) as line
      from information_schema.columns
      where table_schema = 'auth' and table_name not like 'kysely%'
    union all
    select concat_ws(' ', conrelid::regclass::text, conname, pg_get_constraintdef(oid))
      from pg_constraint
      where connamespace = 'auth'::regnamespace and conrelid::regclass::text not like '%kysely%'
    union all
    select indexdef from pg_indexes where schemaname = 'auth' and tablename not like 'kysely%'
    order by line`.execute(db);
  return rows.map(({ line }) => line);
}

for (const engine of testEngines) {
  describe(`Better Auth's tables on ${engine.name}`, () => {
    it("are, column by column and index by index, what Better Auth itself would make", async () => {
      const [ourDatabase, itsDatabase] = [await engine.create(), await engine.create()];
      const ours = await openStorage<unknown>({ ...ourDatabase, schema: "auth", migrations });
      const { runMigrations, compileMigrations, ...findings } = await inspect(ours);
      assert.deepEqual(findings, {
        toBeCreated: [],
        toBeAdded: [],
        toBeAddedIndexes: [],
        unsafeChanges: [],
        schemaProblems: [],
      });

      const its = await openStorage<unknown>({ ...itsDatabase, schema: "auth", migrations: {} });
      await (await inspect(its)).runMigrations();
      const lines = await describeSchema(ours);
      assert.ok(lines.length > 30, "a schema of four tables has more to it");
      assert.deepEqual(lines, await describeSchema(its));

      await Promise.all([ours.close(), its.close()]);
      await Promise.all([ourDatabase.drop(), itsDatabase.drop()]);
    });
  });
}
