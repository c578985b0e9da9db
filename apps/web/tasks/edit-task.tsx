"use client";

import { useEffect, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { TextArea, TextField } from "../ui/field.tsx";
import { DueField } from "./due-field.tsx";
import type { KeptDrafts } from "./kept-drafts.ts";
import type { Task, TaskDraft } from "./task.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import { changesOf, fieldsOf, type TaskFields } from "./task-fields.ts";
import { tellRefusal, useTaskForm } from "./use-task-form.ts";

interface EditTaskProps {
  task: Task;
  drafts: KeptDrafts;
  /** Why the api has refused what is in the form. */
  failure: TaskFailure | undefined;
  onSubmit: (fields: TaskFields, changes: Partial<TaskDraft>) => void;
  onCancel: () => void;
}

/** In the place of the task. Its text is kept until it is saved, or given up. */
export function EditTask({ task, drafts, failure, onSubmit, onCancel }: EditTaskProps) {
  // As it was when the form was opened: what comes meanwhile is no change of this form's.
  const [initial] = useState(() => fieldsOf(task));
  const methods = useTaskForm(task.id, drafts, initial);
  const { register, handleSubmit, setFocus, formState } = methods;
  const { errors } = formState;

  useEffect(() => {
    if (failure?.kind === "invalid") tellRefusal(methods, failure, failureText(failure));
    // Somebody who types elsewhere when this comes back is not interrupted.
    else if (document.activeElement === document.body) setFocus("title");
  }, [methods, failure, setFocus]);

  return (
    <form
      method="post"
      noValidate
      onSubmit={handleSubmit((fields) => onSubmit(fields, changesOf(initial, fields)))}
      onKeyDown={(event) => event.key === "Escape" && !event.nativeEvent.isComposing && onCancel()}
      className="grid gap-4"
    >
      <TextField
        label="Title"
        autoComplete="off"
        error={errors.title?.message}
        {...register("title")}
      />
      <TextArea
        label="Description"
        error={errors.description?.message}
        {...register("description")}
      />
      <DueField error={errors.due_on?.message} {...register("due_on")} />
      {/* The page tells of an outage. */}
      {failure && failure.kind !== "unavailable" && failure.kind !== "invalid" && (
        <p role="alert" className="text-small text-alarm">
          {failureText(failure)}
        </p>
      )}
      <div className="flex flex-wrap gap-stack">
        <button type="submit" className={buttonStyle.primary}>
          Save
        </button>
        <button type="button" onClick={onCancel} className={buttonStyle.secondary}>
          Cancel
        </button>
      </div>
    </form>
  );
}
