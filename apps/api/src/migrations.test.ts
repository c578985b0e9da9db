import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openStorage } from "@sallyport/storage";
import { type TestDatabase, testEngines } from "@sallyport/storage/testing";
import { migrations } from "./migrations.ts";
import { createTaskRepository, type TaskDatabase } from "./task-repository.ts";

for (const engine of testEngines) {
  describe(`the migrations on ${engine.name}`, () => {
    let database: TestDatabase;

    before(async () => {
      database = await engine.create();
    });
    after(() => database.drop());

    it("keep the tasks of the first version, without a day and not deleted", async () => {
      const { "001_task": first } = migrations;
      assert.ok(first);
      const id = "01890a5d-ac96-774b-bcce-b302099a8057";
      const time = new Date("2026-01-02T03:04:05.678Z");
      const fields = { title: "Old", description: "d", completed: true };
      const old = await openStorage<TaskDatabase>({
        ...database,
        schema: "tasks",
        migrations: { "001_task": first },
      });
      await old.db
        .insertInto("task")
        .values({ ...fields, id, user_id: "ada", created_at: time, updated_at: time })
        .execute();
      await old.close();

      const { db, migrated, close } = await openStorage<TaskDatabase>({
        ...database,
        schema: "tasks",
        migrations,
      });
      assert.deepEqual(migrated, Object.keys(migrations).slice(1));
      const tasks = createTaskRepository(db);
      const { tasks: found } = await tasks.list("ada", { status: "all", limit: 10, after: null });
      const times = { created_at: time.toISOString(), updated_at: time.toISOString() };
      assert.deepEqual(found, [{ id, ...fields, due_on: null, ...times }]);
      await close();
    });
  });
}
