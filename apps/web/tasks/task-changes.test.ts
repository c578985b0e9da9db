import assert from "node:assert/strict";
import { test } from "node:test";
import type { Task } from "./task.ts";
import { withAnswer, withChanges } from "./task-changes.ts";

/** The newer, the higher its number. */
function task(number: number, rest: Partial<Task> = {}): Task {
  const created_at = new Date(Date.UTC(2026, 0, number)).toISOString();
  const plain = { title: `Task ${number}`, description: "", completed: false, due_on: null };
  return { id: String(number), ...plain, created_at, ...rest };
}

const ids = (tasks: readonly Task[]) => tasks.map(({ id }) => id).join(" ");

test("changes show in the order in which they were made", () => {
  const draft = { title: "Changed", description: "", due_on: "2026-12-01" };
  const shown = withChanges(
    [task(3), task(2), task(1)],
    [
      { kind: "add", task: task(9) },
      { kind: "complete", id: "2", completed: true },
      { kind: "complete", id: "2", completed: false },
      { kind: "edit", id: "1", draft },
      { kind: "delete", id: "3" },
    ],
  );
  assert.deepEqual(shown, [task(9), task(2), task(1, draft)]);
});

test("what is restored is back in its place, and not there twice", () => {
  const three = [task(3), task(2), task(1)];
  const without = withChanges(three, [{ kind: "delete", id: "2" }]);
  assert.deepEqual(withChanges(without, [{ kind: "restore", task: task(2) }]), three);
  assert.deepEqual(withChanges(three, [{ kind: "restore", task: task(2) }]), three);
});

test("of two tasks of one moment the one with the higher id comes first", () => {
  const created_at = task(1).created_at;
  const [a, b, c] = ["a", "b", "c"].map((id) => task(1, { id, created_at }));
  assert.ok(a && b && c);
  assert.equal(ids(withChanges([c, a], [{ kind: "restore", task: b }])), "c b a");
});

test("an answer takes its place among the pages that are loaded, and none beyond them", () => {
  const pages = [
    { tasks: [task(9), task(7)], next_cursor: "next" },
    { tasks: [task(5), task(3)], next_cursor: "next" },
  ];
  const placed = (answer: Task) => withAnswer(pages, answer.id, answer).map((p) => ids(p.tasks));
  assert.deepEqual(placed(task(10)), ["10 9 7", "5 3"]);
  assert.deepEqual(placed(task(8)), ["9 8 7", "5 3"]);
  assert.deepEqual(placed(task(6)), ["9 7", "6 5 3"]);
  assert.deepEqual(placed(task(2)), ["9 7", "5 3"]);
  assert.deepEqual(placed(task(7, { title: "Changed" })), ["9", "7 5 3"]);
  const last = [{ tasks: [task(9)], next_cursor: null }];
  assert.equal(ids(withAnswer(last, "1", task(1))[0]?.tasks ?? []), "9 1");
  assert.equal(ids(withAnswer(last, "9", undefined)[0]?.tasks ?? []), "");
});
