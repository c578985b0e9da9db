"use client";

import { valibotResolver } from "@hookform/resolvers/valibot";
import { useEffect } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import type { KeptDrafts } from "./kept-drafts.ts";
import type { TaskFailure } from "./task-failure.ts";
import { type TaskFields, taskFields } from "./task-fields.ts";

const names = ["title", "description", "due_on"] as const;

/** A form whose text is kept in the tab from the first letter on. `name` tells it from the others. */
export function useTaskForm(name: string, drafts: KeptDrafts, initial: TaskFields) {
  const form = useForm({ defaultValues: initial, resolver: valibotResolver(taskFields) });
  const { reset, subscribe } = form;
  // Not in the first rendering, which is the server's: only the browser has drafts. And only once:
  // what the api says meanwhile is not to overwrite what is being typed.
  useEffect(() => {
    const kept = drafts.get(name);
    if (kept) reset(kept, { keepDefaultValues: true });
  }, [drafts, name, reset]);
  useEffect(
    () =>
      subscribe({
        formState: { values: true },
        callback({ values }) {
          if (isAs(values, initial)) drafts.drop(name);
          else drafts.keep(name, values);
        },
      }),
    [drafts, name, initial, subscribe],
  );
  return form;
}

export type TaskFormMethods = UseFormReturn<TaskFields>;

export function isAs(one: TaskFields, other: TaskFields): boolean {
  return names.every((name) => one[name] === other[name]);
}

/** The api's words, each at its field; without a field, at the title. */
export function tellRefusal(form: TaskFormMethods, failure: TaskFailure, text: string): void {
  if (failure.kind !== "invalid") return;
  const told = names.filter((name) => failure.fields[name] !== undefined);
  for (const name of told) form.setError(name, { message: failure.fields[name] ?? "" });
  if (told.length === 0) form.setError("title", { message: text });
  form.setFocus(told[0] ?? "title");
}
