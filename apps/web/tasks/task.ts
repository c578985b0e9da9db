// zod/mini, because this is sent to the browser: 15 kB less of it.
import * as z from "zod/mini";

/** A task on the wire, as far as this app reads it. */
export const task = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  completed: z.boolean(),
  /** A day of the calendar, `YYYY-MM-DD`: no time, and no time zone. */
  due_on: z.nullable(z.string()),
  created_at: z.string(),
});
export type Task = z.output<typeof task>;

export const taskPage = z.object({
  tasks: z.array(task),
  next_cursor: z.nullable(z.string()),
});
export type TaskPage = z.output<typeof taskPage>;

/** What a person makes or changes a task of. */
export type TaskDraft = Pick<Task, "title" | "description" | "due_on">;
