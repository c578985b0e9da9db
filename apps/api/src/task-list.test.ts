import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { testEngines } from "@sallyport/storage/testing";
import { v7 as uuidv7 } from "uuid";
import { openTaskStorage, type TaskStorage } from "../test/task-storage.ts";
import { decodeCursor } from "./task-cursor.ts";
import type { TaskListing, TaskRepository } from "./task-repository.ts";

const fields = { title: "Buy milk", description: "Two litres", completed: false, due_on: null };

for (const engine of testEngines) {
  describe(`the list of tasks on ${engine.name}`, () => {
    let storage: TaskStorage;
    let tasks: TaskRepository;

    before(async () => {
      storage = await openTaskStorage(engine);
      tasks = storage.tasks;
    });
    after(() => storage.close());

    /** The titles of all pages, one after the other. */
    async function listAll(
      userId: string,
      limit: number,
      filter: Partial<TaskListing> = {},
      onPage = async () => {},
    ) {
      const titles: string[] = [];
      let cursor: string | null = null;
      do {
        const after = cursor === null ? null : decodeCursor(cursor);
        const page = await tasks.list(userId, { status: "all", ...filter, limit, after });
        titles.push(...page.tasks.map(({ title }) => title));
        cursor = page.next_cursor;
        await onPage();
      } while (cursor !== null);
      return titles;
    }

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
      const titles = await listAll("busy", 2, {}, async () => {
        await tasks.create("busy", { ...fields, title: "new" });
      });
      assert.deepEqual(titles, ["5", "4", "3", "2", "1", "0"]);
    });

    it("filters by status", async () => {
      await tasks.create("filter", { ...fields, title: "open" });
      await tasks.create("filter", { ...fields, title: "done", completed: true });
      const titles = (status: TaskListing["status"]) => listAll("filter", 10, { status });
      assert.deepEqual(await titles("all"), ["done", "open"]);
      assert.deepEqual(await titles("open"), ["open"]);
      assert.deepEqual(await titles("completed"), ["done"]);
      assert.deepEqual(await titles("overdue"), []);
    });

    it("calls overdue what is open and was due before today, and not what is due today", async () => {
      for (const [title, due_on, completed] of [
        ["yesterday", "2026-02-28", false],
        ["done", "2026-02-28", true],
        ["today", "2026-03-01", false],
        ["whenever", null, false],
        ["long ago", "0001-01-01", false],
      ] as const) {
        await tasks.create("due", { ...fields, title, due_on, completed });
      }
      const overdue = (today: string) => listAll("due", 1, { status: "overdue", today });
      assert.deepEqual(await overdue("2026-03-01"), ["long ago", "yesterday"]);
      assert.deepEqual(await overdue("2026-03-02"), ["long ago", "today", "yesterday"]);
      assert.deepEqual(await overdue("0001-01-01"), []);
    });

    it("takes UTC's date for today when it is told none", async () => {
      const dayMs = 24 * 60 * 60 * 1_000;
      const day = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);
      // A day apart from today: midnight may pass while this runs.
      await tasks.create("utc", { ...fields, title: "past", due_on: day(-2) });
      await tasks.create("utc", { ...fields, title: "to come", due_on: day(1) });
      assert.deepEqual(await listAll("utc", 10, { status: "overdue" }), ["past"]);
    });

    it("finds a text in the title or the description, in capitals or not, in any language", async () => {
      await tasks.create("search", { ...fields, title: "Buy MILK" });
      await tasks.create("search", { ...fields, title: "Éclairs", description: "with milk" });
      await tasks.create("search", { ...fields, title: "Написать", description: "ÇA VA" });
      const search = (q: string) => listAll("search", 1, { q });
      assert.deepEqual(await search("milk"), ["Éclairs", "Buy MILK"]);
      assert.deepEqual(await search("Y m"), ["Buy MILK"]);
      assert.deepEqual(await search("éclair"), ["Éclairs"]);
      assert.deepEqual(await search("ça"), ["Написать"]);
      assert.deepEqual(await search("НАПИ"), ["Написать"]);
      assert.deepEqual(await search("milkwith"), []);
    });

    it("SEC24 takes every character of a search as itself", async () => {
      const odd = "100% of_it \\ 'a'; drop table task; --";
      await tasks.create("literal", { ...fields, title: odd });
      await tasks.create("literal", { ...fields, title: "1000 of it" });
      for (const q of ["%", "_", "\\", "0% o", "f_i", "'", "--", odd]) {
        assert.deepEqual(await listAll("literal", 10, { q }), [odd], q);
      }
    });

    it("SEC20 searches one's own tasks alone", async () => {
      await tasks.create("ada", { ...fields, title: "secret" });
      await tasks.create("eve", { ...fields, title: "mine" });
      assert.deepEqual(await listAll("eve", 10, { q: "e" }), ["mine"]);
    });

    it("searches within a status, page by page", async () => {
      for (let n = 0; n < 6; n += 1) {
        const title = `${n % 2 ? "odd" : "even"} ${n}`;
        await tasks.create("both", { ...fields, title, completed: n < 3 });
      }
      const found = await listAll("both", 1, { status: "open", q: "ODD" });
      assert.deepEqual(found, ["odd 5", "odd 3"]);
    });
  });
}
