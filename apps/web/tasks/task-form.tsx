"use client";

import { type SubmitEvent, useEffect, useRef, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { TextArea, TextField } from "../ui/field.tsx";
import { takeFocus } from "../ui/take-focus.ts";
import type { KeptDrafts } from "./kept-drafts.ts";
import { type TaskDraft, taskDraft } from "./task.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";

interface TaskFormProps {
  /** Tells this form from the others of the page. */
  name: string;
  drafts: KeptDrafts;
  submitLabel: string;
  /** The task to change; without one, the form is for a new one. */
  initial?: TaskDraft;
  /** Resolves with what went wrong, or with nothing. `retry` submits what is typed then. */
  onSubmit: (draft: TaskDraft, retry: () => void) => Promise<TaskFailure | undefined>;
  onCancel?: () => void;
}

/** Keeps what is typed until it is saved, beyond a new sign-in too. */
export function TaskForm(props: TaskFormProps) {
  const { name, drafts, submitLabel, initial, onSubmit, onCancel } = props;
  const form = useRef<HTMLFormElement>(null);
  const [isBusy, setIsBusy] = useState(false);
  const [failure, setFailure] = useState<TaskFailure>();

  useEffect(() => {
    const opened = form.current;
    if (opened === null) return;
    const kept = drafts.take(name);
    if (kept) fill(opened, kept);
    return drafts.watch(name, () => draftIn(opened));
  }, [drafts, name]);

  async function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    const draft = draftIn(event.currentTarget);
    setIsBusy(true);
    const failed = await onSubmit(draft, () => form.current?.requestSubmit());
    setIsBusy(false);
    setFailure(failed);
    if (form.current === null) return;
    // What was typed while the answer was on its way is the next task, not this one.
    const typed = draftIn(form.current);
    const isAsSent = typed.title === draft.title && typed.description === draft.description;
    if (!failed && isAsSent) form.current.reset();
    if (!failed || failed.kind === "invalid") focusFirst(form.current, failed);
  }

  const fields = failure?.kind === "invalid" ? failure.fields : {};
  const isToldAtField = "title" in fields || "description" in fields;
  const description = (
    <TextArea
      label="Description"
      name="description"
      defaultValue={initial?.description}
      error={fields.description}
    />
  );
  return (
    // POST, so that a form sent before this code runs does not put the text into an address.
    <form
      ref={form}
      method="post"
      noValidate
      onSubmit={handleSubmit}
      onKeyDown={(event) => event.key === "Escape" && onCancel?.()}
      className={initial ? "grid gap-4" : "grid gap-3"}
    >
      <TextField
        label={initial ? "Title" : "What is to be done?"}
        name="title"
        required
        autoComplete="off"
        ref={initial && takeFocus}
        defaultValue={initial?.title}
        error={fields.title}
      />
      {initial ? (
        description
      ) : (
        // Open when it holds what is wrong.
        <details open={fields.description === undefined ? undefined : true}>
          <summary className={`${buttonStyle.quiet} -ml-2 list-none`}>Add a description</summary>
          {description}
        </details>
      )}
      {/* The page's banner tells of an outage. */}
      {failure && failure.kind !== "unavailable" && !isToldAtField && (
        <p role="alert" className="text-small text-alarm">
          {failureText(failure)}
        </p>
      )}
      <div className="flex flex-wrap gap-3">
        <button type="submit" aria-disabled={isBusy} className={buttonStyle.primary}>
          {submitLabel}
        </button>
        {onCancel && (
          <button type="button" onClick={onCancel} className={buttonStyle.secondary}>
            Cancel
          </button>
        )}
      </div>
    </form>
  );
}

function draftIn(form: HTMLFormElement): TaskDraft {
  return taskDraft.parse(Object.fromEntries(new FormData(form)));
}

function fill(form: HTMLFormElement, draft: TaskDraft): void {
  for (const [name, text] of Object.entries(draft)) {
    const field = form.elements.namedItem(name);
    if (field instanceof HTMLInputElement || field instanceof HTMLTextAreaElement) {
      field.value = text;
    }
  }
  const details = form.querySelector("details");
  if (details && draft.description !== "") details.open = true;
}

function focusFirst(form: HTMLFormElement, failure: TaskFailure | undefined): void {
  const isAboutDescription =
    failure?.kind === "invalid" && "description" in failure.fields && !("title" in failure.fields);
  const field = form.elements.namedItem(isAboutDescription ? "description" : "title");
  if (field instanceof HTMLElement) field.focus();
}
