import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { testEngines } from "@sallyport/storage/testing";
import { sql } from "kysely";
import { openTaskStorage, type TaskStorage } from "../test/task-storage.ts";
import type { TaskRepository } from "./task-repository.ts";

const fields = { title: "Buy milk", description: "", completed: true, due_on: "2026-03-01" };
const newest = { status: "all", limit: 100, after: null } as const;

for (const engine of testEngines) {
  describe(`the deletion of tasks on ${engine.name}`, () => {
    let storage: TaskStorage;
    let tasks: TaskRepository;

    before(async () => {
      storage = await openTaskStorage(engine);
      tasks = storage.tasks;
    });
    after(() => storage.close());

    /** A task that was deleted so long ago. */
    async function createDeleted(userId: string, seconds: number): Promise<string> {
      const { id } = await tasks.create(userId, fields);
      await tasks.delete(userId, id);
      await storage.db
        .updateTable("task")
        .set({ deleted_at: sql`now() - ${seconds} * interval '1 second'` })
        .where("id", "=", id)
        .execute();
      return id;
    }
    /** Deleted or not. */
    async function countRows(userId: string): Promise<number> {
      const rows = await storage.db
        .selectFrom("task")
        .select("id")
        .where("user_id", "=", userId)
        .execute();
      return rows.length;
    }

    it("hides a task from everything at once, and happens once", async () => {
      const { id } = await tasks.create("ada", fields);
      assert.equal(await tasks.delete("ada", id), true);
      assert.equal(await tasks.delete("ada", id), false);
      assert.equal(await tasks.find("ada", id), null);
      assert.equal(await tasks.update("ada", id, { title: "Back?" }), null);
      assert.deepEqual((await tasks.list("ada", newest)).tasks, []);
      assert.deepEqual((await tasks.list("ada", { ...newest, q: "milk" })).tasks, []);
      const overdue = { ...newest, status: "overdue", today: "9999-12-31" } as const;
      assert.deepEqual((await tasks.list("ada", overdue)).tasks, []);
    });

    it("is taken back whole: the task, its times and its place", async () => {
      const created = [];
      for (const title of ["1", "2", "3"])
        created.push(await tasks.create("bob", { ...fields, title }));
      const [, middle] = created;
      assert.ok(middle);
      const listed = await tasks.list("bob", newest);
      await tasks.delete("bob", middle.id);
      assert.deepEqual(await tasks.restore("bob", middle.id), middle);
      assert.deepEqual(await tasks.list("bob", newest), listed);
    });

    it("can be taken back for ten minutes, and no longer", async () => {
      const recent = await createDeleted("carl", 590);
      const old = await createDeleted("carl", 601);
      assert.equal((await tasks.restore("carl", recent))?.id, recent);
      assert.equal(await tasks.restore("carl", old), null);
      assert.equal(await tasks.find("carl", old), null);
    });

    it("is taken back by a retry too, and a task that is there stays as it is", async () => {
      const created = await tasks.create("dora", fields);
      assert.deepEqual(await tasks.restore("dora", created.id), created);
    });

    it("SEC20 is taken back by the owner alone", async () => {
      const { id } = await tasks.create("ada", fields);
      assert.equal(await tasks.restore("eve", id), null);
      await tasks.delete("ada", id);
      assert.equal(await tasks.restore("eve", id), null);
      assert.equal(await tasks.find("ada", id), null);
      for (const none of ["", "1", "\0", "' or true --"]) {
        assert.equal(await tasks.restore("ada", none), null);
      }
    });

    it("ends for good those of anyone that nobody can take back any more, a hundred at most", async () => {
      await storage.db.deleteFrom("task").execute();
      await storage.db
        .insertInto("task")
        .columns(["id", "user_id", "title", "description", "completed", "deleted_at"])
        .expression(
          sql`select gen_random_uuid(), 'many', 'old', '', false, now() - interval '11 minutes'
              from generate_series(1, 150)`,
        )
        .execute();
      const recent = await createDeleted("fred", 590);
      await tasks.create("fred", fields);
      assert.equal(await countRows("many"), 50);
      const { id } = await tasks.create("fred", fields);
      await tasks.delete("fred", id);
      assert.equal(await countRows("many"), 0);
      assert.equal(await countRows("fred"), 3);
      assert.ok(await tasks.restore("fred", recent));
    });

    it("of all tasks of a user ends the deleted ones too, and touches nobody else's", async () => {
      const deleted = await createDeleted("gina", 1);
      await tasks.create("gina", fields);
      await tasks.create("hugo", fields);
      await tasks.deleteAll("gina");
      await tasks.deleteAll("gina");
      assert.equal(await countRows("gina"), 0);
      assert.equal(await countRows("hugo"), 1);
      assert.equal(await tasks.restore("gina", deleted), null);
    });
  });
}
