import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openStorage } from "@sallyport/storage";
import { createPostgres, type TestDatabase } from "@sallyport/storage/testing";
import { runScript } from "./run-script.ts";

describe("npm run db:migrate", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());
  const migrate = (DATABASE_URL = database.databaseUrl) =>
    runScript("db-migrate", { DATABASE_URL }).ended;

  it("runs both apps' migrations once, however many run it, and says what it did", async () => {
    const ends = await Promise.all([migrate(), migrate(), migrate()]);
    for (const { code, errors } of ends)
      assert.deepEqual({ code, errors }, { code: 0, errors: "" });
    const lines = ends.flatMap(({ output }) => output.trim().split("\n")).sort();
    assert.deepEqual(lines, [
      "auth: nothing to run, up to date with 001_better_auth",
      "auth: nothing to run, up to date with 001_better_auth",
      "auth: ran 001_better_auth",
      "tasks: nothing to run, up to date with 002_due_and_deleted",
      "tasks: nothing to run, up to date with 002_due_and_deleted",
      "tasks: ran 001_task, 002_due_and_deleted",
    ]);
  });

  it("refuses a database that is newer than the code, in one line", async () => {
    const newer = { ...database, schema: "tasks" } as const;
    await migrate();
    const storage = await openStorage<{ kysely_migration: { name: string; timestamp: string } }>({
      ...newer,
      migrations: {
        "001_task": { up: async () => {} },
        "002_due_and_deleted": { up: async () => {} },
        "999_later": { up: async () => {} },
      },
    });
    await storage.close();
    const { code, errors } = await migrate();
    assert.equal(code, 1);
    assert.match(
      errors,
      /^Cannot open storage: the database is newer .*999_later.*002_due_and_deleted.*\n$/,
    );
  });

  it("refuses to run without DATABASE_URL, in one line that does not repeat a wrong one", async () => {
    for (const [wrong, found] of [
      ["", "nothing"],
      ["mysql://root:hush@localhost/app", "something else"],
    ] as const) {
      assert.deepEqual(await migrate(wrong), {
        code: 1,
        output: "",
        errors: `Cannot run db:migrate: DATABASE_URL must be an address such as postgresql://user:password@host:5432/database, found ${found}.\n`,
      });
    }
  });
});
