"use client";

import { useEffect, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { TextArea, TextField } from "../ui/field.tsx";
import { NeedsScript } from "../ui/needs-script.tsx";
import { useIsHydrated } from "../ui/use-is-hydrated.ts";
import { DueField } from "./due-field.tsx";
import { provisionalTask } from "./task-changes.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import { draftOf, emptyFields, type TaskFields } from "./task-fields.ts";
import { isAs, tellRefusal, useTaskForm } from "./use-task-form.ts";
import type { Tasks } from "./use-tasks.ts";

const form = "new";
/** Drafts of what is on its way to the api, or was refused, each under a name of its own. */
const sent = "sent ";

/** The field above the list. It is free for the next task at once; what is refused comes back. */
export function AddTask({ tasks }: { tasks: Pick<Tasks, "drafts" | "add"> }) {
  const { drafts, add } = tasks;
  const methods = useTaskForm(form, drafts, emptyFields);
  const { register, handleSubmit, getValues, reset, setFocus, formState } = methods;
  const { errors } = formState;
  const isHydrated = useIsHydrated();
  const [failure, setFailure] = useState<TaskFailure>();
  /** Refused when the next one was being typed already, or left behind by a reload: by draft. */
  const [left, setLeft] = useState<Record<string, TaskFields>>({});

  // Not in the first rendering, which is the server's: only the browser has drafts.
  useEffect(() => setLeft(drafts.all(sent)), [drafts]);

  async function send(name: string, fields: TaskFields) {
    setFailure(undefined);
    // Until the api has it.
    drafts.keep(name, fields);
    let retry = () => void submit();
    const failed = await add(provisionalTask(draftOf(fields)), () => retry());
    if (!failed) {
      drafts.drop(name);
      return;
    }
    setFailure(failed);
    if (isAs(getValues(), emptyFields)) {
      putBack(name, fields);
      tellRefusal(methods, failed, failureText(failed));
      return;
    }
    setLeft((others) => ({ ...others, [name]: fields }));
    retry = () => {
      setLeft(({ [name]: _, ...others }) => others);
      void send(name, fields);
    };
  }

  /** Into the field. What is there is left in its place. */
  function putBack(name: string, fields: TaskFields) {
    const typed = getValues();
    const isFree = isAs(typed, emptyFields);
    if (isFree) drafts.drop(name);
    else drafts.keep(name, typed);
    setLeft(({ [name]: _, ...others }) => (isFree ? others : { ...others, [name]: typed }));
    reset(fields, { keepDefaultValues: true });
    drafts.keep(form, fields);
  }

  const submit = handleSubmit((fields) => {
    reset(emptyFields);
    setFocus("title");
    return send(sent + crypto.randomUUID(), fields);
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
          disabled={!isHydrated}
          className={`${buttonStyle.primary} ${errors.title ? "self-center" : ""}`}
        >
          Add task
        </button>
      </div>
      <NeedsScript />
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
      {Object.entries(left).map(([name, fields]) => (
        <p
          key={name}
          role="alert"
          className="flex flex-wrap items-center gap-x-2 text-small text-alarm"
        >
          “{fields.title}” has not been added.
          <button
            type="button"
            className={buttonStyle.alarm}
            onClick={() => {
              putBack(name, fields);
              setFocus("title");
            }}
          >
            Put it back into the field
          </button>
        </p>
      ))}
    </form>
  );
}
