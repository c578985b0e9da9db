import * as v from "valibot";
import type { Task } from "./task.ts";

const taskStatus = v.picklist(["all", "open", "completed", "overdue"]);
export type TaskStatus = v.InferOutput<typeof taskStatus>;

/** Which tasks are looked at. The page's address says it, so that back, reload and links work. */
export interface TaskView {
  status: TaskStatus;
  /** Words in title or description; empty for all. */
  q: string;
}

const longestSearch = 200;

/** What the address does not say right is as if it said nothing. */
export function parseTaskView(params: { get(name: string): string | null }): TaskView {
  const asked = v.safeParse(taskStatus, params.get("status"));
  const status = asked.success ? asked.output : "all";
  // No text has a NUL or half a character: the api would refuse to look for one.
  const q = (params.get("q") ?? "").replaceAll("\0", "").trim().slice(0, longestSearch);
  return { status, q: q.toWellFormed() };
}

/** The dashboard's address with this view. */
export function taskViewAddress({ status, q }: TaskView): string {
  const query = new URLSearchParams({
    ...(status !== "all" && { status }),
    ...(q !== "" && { q }),
  });
  return query.size === 0 ? "/dashboard" : `/dashboard?${query}`;
}

/** As the api judges it. `today` is `YYYY-MM-DD`. */
export function belongs(task: Task, { status, q }: TaskView, today: string): boolean {
  const word = q.toLowerCase();
  const isFound = [task.title, task.description].some((text) => text.toLowerCase().includes(word));
  return isFound && isOfStatus(task, status, today);
}

function isOfStatus({ completed, due_on }: Task, status: TaskStatus, today: string): boolean {
  switch (status) {
    case "all":
      return true;
    case "open":
      return !completed;
    case "completed":
      return completed;
    case "overdue":
      return !completed && due_on !== null && due_on < today;
  }
}
