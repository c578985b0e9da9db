"use client";

import { type ComponentProps, type SubmitEvent, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { TextField } from "../ui/field.tsx";
import { type AccountFailure, unreachable } from "./account-failure.ts";

interface AccountField extends ComponentProps<"input"> {
  name: "name" | "email" | "password";
  label: string;
  hint?: string;
  /** What is wanted, for a value the browser finds invalid. */
  wanted: string;
}

interface AccountFormProps {
  fields: AccountField[];
  submitLabel: string;
  /** Resolves with what went wrong, or with nothing. */
  submit: (values: FormData) => Promise<AccountFailure | undefined>;
}

/** Leads to the tasks when `submit` succeeds. */
export function AccountForm({ fields, submitLabel, submit }: AccountFormProps) {
  const [isBusy, setIsBusy] = useState(false);
  const [failures, setFailures] = useState<AccountFailure[]>([]);

  async function handleSubmit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (isBusy) return;
    const form = event.currentTarget;
    const invalid = fields.filter(({ name }) => !isValid(form, name));
    setFailures(invalid.map(({ name, wanted }) => ({ field: name, text: wanted })));
    if (invalid[0]) {
      focusField(form, invalid[0].name);
      return;
    }
    setIsBusy(true);
    const failure = await submit(new FormData(form)).catch(() => unreachable);
    if (!failure) {
      // A full navigation, so that the page is asked for with the new cookie.
      location.assign("/dashboard");
      return;
    }
    setIsBusy(false);
    setFailures([failure]);
    if (failure.field) focusField(form, failure.field);
  }

  const general = failures.find(({ field }) => field === undefined);
  return (
    // POST, so that a form sent before this code runs does not put a password into an address.
    <form method="post" noValidate onSubmit={handleSubmit} className="mt-6 grid gap-5">
      {fields.map(({ wanted, ...field }) => (
        <TextField
          key={field.name}
          required
          error={failures.find((failure) => failure.field === field.name)?.text}
          {...field}
        />
      ))}
      {general && (
        <p
          role="alert"
          className="rounded-control border border-alarm-line bg-alarm-surface px-3 py-2.5 text-body text-alarm"
        >
          {general.text}
        </p>
      )}
      <button type="submit" aria-disabled={isBusy} className={`${buttonStyle.primary} mt-1 w-full`}>
        {isBusy ? "One moment …" : submitLabel}
      </button>
    </form>
  );
}

function isValid(form: HTMLFormElement, name: string): boolean {
  const input = form.elements.namedItem(name);
  return input instanceof HTMLInputElement && input.validity.valid;
}

function focusField(form: HTMLFormElement, name: string): void {
  const input = form.elements.namedItem(name);
  if (input instanceof HTMLInputElement) input.focus();
}
