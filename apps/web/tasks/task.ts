// zod/mini, because this is sent to the browser: 15 kB less of it.
import * as z from "zod/mini";

/** A task on the wire, as far as this app reads it. */
export const task = z.object({
  id: z.string(),
  title: z.string(),
  description: z.string(),
  completed: z.boolean(),
});
export type Task = z.output<typeof task>;

export const taskPage = z.object({
  tasks: z.array(task),
  next_cursor: z.nullable(z.string()),
});
export type TaskPage = z.output<typeof taskPage>;

/** What a person types to make or change a task. */
export const taskDraft = z.object({ title: z.string(), description: z.string() });
export type TaskDraft = z.output<typeof taskDraft>;

export type TaskFilter = "all" | "open" | "completed";
