"use client";

import { useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { TextArea, TextField } from "../ui/field.tsx";
import { DueField } from "./due-field.tsx";
import { provisionalTask } from "./task-changes.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import { draftOf, emptyFields, type TaskFields } from "./task-fields.ts";
import { isAs, tellRefusal, useTaskForm } from "./use-task-form.ts";
import type { Tasks } from "./use-tasks.ts";

const form = "new";

/** The field above the list. It is free for the next task at once; what is refused comes back. */
export function AddTask({ tasks }: { tasks: Pick<Tasks, "drafts" | "add"> }) {
  const { drafts, add } = tasks;
  const methods = useTaskForm(form, drafts, emptyFields);
  const { register, handleSubmit, getValues, reset, setFocus, formState } = methods;
  const { errors } = formState;
  const [failure, setFailure] = useState<TaskFailure>();
  /** Refused when the next one was being typed already. */
  const [left, setLeft] = useState<TaskFields>();

  const submit = handleSubmit(async (fields) => {
    setFailure(undefined);
    reset(emptyFields);
    setFocus("title");
    // Until the api has it.
    drafts.keep(form, fields);
    const failed = await add(provisionalTask(draftOf(fields)), () => void submit());
    const isFree = isAs(getValues(), emptyFields);
    if (!failed) {
      if (isFree) drafts.drop(form);
      return;
    }
    setFailure(failed);
    if (!isFree) {
      setLeft(fields);
      return;
    }
    reset(fields, { keepDefaultValues: true });
    drafts.keep(form, fields);
    tellRefusal(methods, failed, failureText(failed));
  });

  return (
    // POST, so that a form sent before this code runs does not put the text into an address.
    <form method="post" noValidate onSubmit={submit} className="grid gap-stack">
      <div className="flex flex-wrap items-end gap-stack">
        <div className="min-w-0 grow basis-64">
          <TextField
            label="What is to be done?"
            autoComplete="off"
            enterKeyHint="done"
            error={errors.title?.message}
            {...register("title")}
          />
        </div>
        <button
          type="submit"
          className={`${buttonStyle.primary} ${errors.title ? "self-center" : ""}`}
        >
          Add task
        </button>
      </div>
      <details open={errors.description || errors.due_on ? true : undefined}>
        <summary className={`${buttonStyle.quiet} -ml-2 list-none`}>
          Add a date or a description
        </summary>
        <div className="mt-2 grid gap-4">
          <DueField error={errors.due_on?.message} {...register("due_on")} />
          <TextArea
            label="Description"
            error={errors.description?.message}
            {...register("description")}
          />
        </div>
      </details>
      {failure && failure.kind !== "unavailable" && failure.kind !== "invalid" && (
        <p role="alert" className="text-small text-alarm">
          {failureText(failure)}
        </p>
      )}
      {left && (
        <p role="alert" className="flex flex-wrap items-center gap-x-2 text-small text-alarm">
          “{left.title}” has not been added.
          <button
            type="button"
            className={buttonStyle.alarm}
            onClick={() => {
              reset(left, { keepDefaultValues: true });
              drafts.keep(form, left);
              setLeft(undefined);
              setFocus("title");
            }}
          >
            Put it back into the field
          </button>
        </p>
      )}
    </form>
  );
}
