// Valibot, because this is sent to the browser: what is not used of it is left out.
import * as v from "valibot";

/** A task on the wire, as far as this app reads it. */
export const task = v.object({
  id: v.string(),
  title: v.string(),
  description: v.string(),
  completed: v.boolean(),
  /** A day of the calendar, `YYYY-MM-DD`: no time, and no time zone. */
  due_on: v.nullable(v.string()),
  created_at: v.string(),
});
export type Task = v.InferOutput<typeof task>;

export const taskPage = v.object({
  tasks: v.array(task),
  next_cursor: v.nullable(v.string()),
});
export type TaskPage = v.InferOutput<typeof taskPage>;

/** What a person makes or changes a task of. */
export type TaskDraft = Pick<Task, "title" | "description" | "due_on">;
