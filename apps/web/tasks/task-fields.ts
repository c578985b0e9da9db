import * as z from "zod/mini";
import type { Task, TaskDraft } from "./task.ts";

const atMost = (length: number) =>
  z.maxLength(length, `Use at most ${length.toLocaleString("en")} characters.`);

/** What stands in the fields of a form, by the api's own bounds. */
export const taskFields = z.object({
  title: z.string().check(z.trim(), z.minLength(1, "Write what is to be done."), atMost(200)),
  description: z.string().check(atMost(2_000)),
  /** Empty without a day. */
  due_on: z.string(),
});
export type TaskFields = z.output<typeof taskFields>;

export const emptyFields: TaskFields = { title: "", description: "", due_on: "" };

export function fieldsOf({ title, description, due_on }: Task): TaskFields {
  return { title, description, due_on: due_on ?? "" };
}

export function draftOf({ title, description, due_on }: TaskFields): TaskDraft {
  return { title, description, due_on: due_on === "" ? null : due_on };
}
