import assert from "node:assert/strict";
import { test } from "node:test";
import { belongs, parseTaskView, type TaskView, taskViewAddress } from "./task-view.ts";

const parse = (query: string) => parseTaskView(new URLSearchParams(query));

test("a view is the same after a way through the address", () => {
  const views: TaskView[] = [
    { status: "all", q: "" },
    { status: "overdue", q: "" },
    { status: "completed", q: "50 % & more? #1 ünï" },
  ];
  for (const view of views) {
    const { searchParams } = new URL(taskViewAddress(view), "http://localhost");
    assert.deepEqual(parseTaskView(searchParams), view);
  }
  assert.equal(taskViewAddress({ status: "all", q: "" }), "/dashboard");
});

test("an address that says nothing right says all tasks", () => {
  assert.deepEqual(parse("status=none&q=%20%20"), { status: "all", q: "" });
  assert.equal(parse(`q=${"x".repeat(300)}`).q.length, 200);
  assert.deepEqual(parse("q=%00a%00"), { status: "all", q: "a" });
  assert.ok(parse(`q=x${encodeURIComponent("😀".repeat(100))}`).q.isWellFormed());
});

test("a task belongs to a view as the api judges it", () => {
  const milk = {
    id: "1",
    title: "Buy milk",
    description: "Oat",
    completed: false,
    due_on: "2026-11-20",
    created_at: "2026-11-01T00:00:00Z",
  };
  const today = "2026-11-21";
  const isIn = (query: string, task = milk) => belongs(task, parse(query), today);
  assert.ok(isIn("") && isIn("status=open") && isIn("status=overdue") && isIn("q=MILK"));
  assert.ok(isIn("q=oat") && !isIn("q=soy") && !isIn("status=completed"));
  assert.ok(!isIn("status=overdue", { ...milk, due_on: today }));
  assert.ok(!isIn("status=overdue", { ...milk, completed: true }));
  assert.ok(isIn("status=completed", { ...milk, completed: true }));
});
