import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { testEngines } from "@sallyport/storage/testing";
import { version } from "uuid";
import { openTaskStorage, type TaskStorage } from "../test/task-storage.ts";
import type { TaskRepository } from "./task-repository.ts";

const fields = { title: "Buy milk", description: "Two litres", completed: false, due_on: null };
const newest = { status: "all", limit: 10, after: null } as const;

for (const engine of testEngines) {
  describe(`the task repository on ${engine.name}`, () => {
    let storage: TaskStorage;
    let tasks: TaskRepository;

    before(async () => {
      storage = await openTaskStorage(engine);
      tasks = storage.tasks;
    });
    after(() => storage.close());

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

    it("gives back the day that it was given, wherever this process runs", async () => {
      const { TZ } = process.env;
      try {
        for (const zone of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
          process.env.TZ = zone;
          const { id, due_on } = await tasks.create("ada", { ...fields, due_on: "2026-03-01" });
          assert.equal(due_on, "2026-03-01");
          assert.equal((await tasks.find("ada", id))?.due_on, "2026-03-01");
          assert.equal((await tasks.list("ada", newest)).tasks[0]?.due_on, "2026-03-01");
          const changed = await tasks.update("ada", id, { due_on: "0001-01-01" });
          assert.equal(changed?.due_on, "0001-01-01");
          assert.equal((await tasks.update("ada", id, { due_on: null }))?.due_on, null);
        }
      } finally {
        if (TZ === undefined) delete process.env.TZ;
        else process.env.TZ = TZ;
      }
    });

    it("changes what it is given and nothing else", async () => {
      const created = await tasks.create("ada", fields);
      const changed = await tasks.update("ada", created.id, { completed: true });
      assert.ok(changed);
      assert.ok(changed.updated_at >= created.updated_at);
      assert.deepEqual(changed, { ...created, completed: true, updated_at: changed.updated_at });
    });

    it("SEC20 neither shows, changes nor deletes the task of another", async () => {
      const created = await tasks.create("ada", fields);
      assert.equal(await tasks.find("eve", created.id), null);
      assert.equal(await tasks.update("eve", created.id, { title: "Mine" }), null);
      assert.equal(await tasks.delete("eve", created.id), false);
      assert.deepEqual((await tasks.list("eve", newest)).tasks, []);
      assert.deepEqual(await tasks.find("ada", created.id), created);
    });

    it("SEC24 finds nothing under an id that is no UUID", async () => {
      for (const id of ["", "1", "\0", "not-a-uuid", "9".repeat(40), "' or true --"]) {
        assert.equal(await tasks.find("ada", id), null);
        assert.equal(await tasks.update("ada", id, { title: "x" }), null);
        assert.equal(await tasks.delete("ada", id), false);
      }
    });
  });
}
