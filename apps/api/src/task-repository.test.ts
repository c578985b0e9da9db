import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { openStorage, type Storage } from "@sallyport/storage";
import { type TestDatabase, testEngines } from "@sallyport/storage/testing";
import { v7 as uuidv7, version } from "uuid";
import { migrations } from "./migrations.ts";
import { decodeCursor } from "./task-cursor.ts";
import { createTaskRepository, type TaskDatabase, type TaskRepository } from "./task-repository.ts";

const fields = { title: "Buy milk", description: "Two litres", completed: false };

for (const engine of testEngines) {
  describe(`the task repository on ${engine.name}`, () => {
    let database: TestDatabase;
    let storage: Storage<TaskDatabase>;
    let tasks: TaskRepository;

    before(async () => {
      database = await engine.create();
      storage = await openStorage<TaskDatabase>({ ...database, schema: "tasks", migrations });
      tasks = createTaskRepository(storage.db);
    });
    after(async () => {
      await storage.close();
      await database.drop();
    });

    /** The titles of all pages, one after the other. */
    async function listAll(userId: string, limit: number, onPage = async () => {}) {
      const titles: string[] = [];
      let cursor: string | null = null;
      do {
        const after = cursor === null ? null : decodeCursor(cursor);
        const page = await tasks.list(userId, { status: "all", limit, after });
        titles.push(...page.tasks.map(({ title }) => title));
        cursor = page.next_cursor;
        await onPage();
      } while (cursor !== null);
      return titles;
    }

    it("gives back what it created, with a UUIDv7 and its times", async () => {
      const startedAt = Date.now();
      const created = await tasks.create("ada", fields);
      assert.partialDeepStrictEqual(created, fields);
      assert.equal(version(created.id), 7);
      assert.equal(created.created_at, created.updated_at);
      assert.ok(Math.abs(Date.parse(created.created_at) - startedAt) < 60_000);
      assert.deepEqual(await tasks.find("ada", created.id), created);
    });

    it("keeps every character of a text", async () => {
      const text = `${"🛟".repeat(100)}'"; drop table task; -- \\ %s \u0001 \u202e é`;
      const created = await tasks.create("ada", { ...fields, title: "t", description: text });
      assert.equal((await tasks.find("ada", created.id))?.description, text);
    });

    it("changes what it is given and nothing else", async () => {
      const created = await tasks.create("ada", fields);
      const changed = await tasks.update("ada", created.id, { completed: true });
      assert.ok(changed);
      assert.ok(changed.updated_at >= created.updated_at);
      assert.deepEqual(changed, { ...created, completed: true, updated_at: changed.updated_at });
    });

    it("deletes once", async () => {
      const created = await tasks.create("ada", fields);
      assert.equal(await tasks.delete("ada", created.id), true);
      assert.equal(await tasks.delete("ada", created.id), false);
      assert.equal(await tasks.find("ada", created.id), null);
    });

    it("SEC20 neither shows, changes nor deletes the task of another", async () => {
      const created = await tasks.create("ada", fields);
      assert.equal(await tasks.find("eve", created.id), null);
      assert.equal(await tasks.update("eve", created.id, { title: "Mine" }), null);
      assert.equal(await tasks.delete("eve", created.id), false);
      assert.deepEqual(
        (await tasks.list("eve", { status: "all", limit: 10, after: null })).tasks,
        [],
      );
      assert.deepEqual(await tasks.find("ada", created.id), created);
    });

    it("SEC24 finds nothing under an id that is no UUID", async () => {
      for (const id of ["", "1", "\0", "not-a-uuid", "9".repeat(40), "' or true --"]) {
        assert.equal(await tasks.find("ada", id), null);
        assert.equal(await tasks.update("ada", id, { title: "x" }), null);
        assert.equal(await tasks.delete("ada", id), false);
      }
    });

    it("lists newest first, and each task once, whatever the page size", async () => {
      for (let n = 0; n < 7; n += 1) await tasks.create("grace", { ...fields, title: `${n}` });
      for (const limit of [1, 2, 3, 7, 100]) {
        assert.deepEqual(await listAll("grace", limit), ["6", "5", "4", "3", "2", "1", "0"]);
      }
    });

    it("pages exactly through tasks of one and the same millisecond", async () => {
      const created_at = new Date("2026-01-02T03:04:05.678Z");
      const rows = Array.from({ length: 5 }, (_, n) => ({
        ...fields,
        id: uuidv7(),
        title: `${n}`,
        user_id: "same-time",
        created_at,
      }));
      await storage.db.insertInto("task").values(rows).execute();
      assert.deepEqual(await listAll("same-time", 2), ["4", "3", "2", "1", "0"]);
    });

    it("keeps no more of a time than a cursor can say", async () => {
      const created = await tasks.create("precise", fields);
      const row = await storage.db
        .selectFrom("task")
        .select((eb) => eb.cast<string>("created_at", "text").as("text"))
        .where("id", "=", created.id)
        .executeTakeFirstOrThrow();
      assert.match(row.text, /:\d\d(\.\d{1,3})?\+/);
    });

    it("neither repeats nor skips a task when others are added and deleted between pages", async () => {
      for (let n = 0; n < 6; n += 1) await tasks.create("busy", { ...fields, title: `${n}` });
      const titles = await listAll("busy", 2, async () => {
        await tasks.create("busy", { ...fields, title: "new" });
      });
      assert.deepEqual(titles, ["5", "4", "3", "2", "1", "0"]);
    });

    it("filters by status", async () => {
      await tasks.create("filter", { ...fields, title: "open" });
      await tasks.create("filter", { ...fields, title: "done", completed: true });
      const titles = async (status: "all" | "open" | "completed") =>
        (await tasks.list("filter", { status, limit: 10, after: null })).tasks.map((t) => t.title);
      assert.deepEqual(await titles("all"), ["done", "open"]);
      assert.deepEqual(await titles("open"), ["open"]);
      assert.deepEqual(await titles("completed"), ["done"]);
    });
  });
}
