import * as v from "valibot";
import type { Task, TaskDraft } from "./task.ts";

const atMost = (length: number) =>
  v.maxLength<string, number, string>(
    length,
    `Use at most ${length.toLocaleString("en")} characters.`,
  );

/** What stands in the fields of a form, by the api's own bounds. */
export const taskFields = v.object({
  title: v.pipe(v.string(), v.trim(), v.minLength(1, "Write what is to be done."), atMost(200)),
  description: v.pipe(v.string(), atMost(2_000)),
  /** Empty without a day. */
  due_on: v.string(),
});
export type TaskFields = v.InferOutput<typeof taskFields>;

export const emptyFields: TaskFields = { title: "", description: "", due_on: "" };

export function fieldsOf({ title, description, due_on }: Task): TaskFields {
  return { title, description, due_on: due_on ?? "" };
}

/** What differs. The rest is left to whoever changes it meanwhile, in another tab or on another device. */
export function changesOf(before: TaskFields, after: TaskFields): Partial<TaskDraft> {
  const { title, description, due_on } = draftOf(after);
  return {
    ...(after.title !== before.title && { title }),
    ...(after.description !== before.description && { description }),
    ...(after.due_on !== before.due_on && { due_on }),
  };
}

export function draftOf({ title, description, due_on }: TaskFields): TaskDraft {
  return { title, description, due_on: due_on === "" ? null : due_on };
}
