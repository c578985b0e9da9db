"use client";

import { Field } from "@base-ui/react/field";
import type { ComponentProps, ReactElement, ReactNode } from "react";

const control =
  "w-full rounded-control border border-edge bg-surface px-3 py-2.5 text-base placeholder:text-quiet data-invalid:border-alarm";

interface Labelled {
  label: string;
  /** What is wrong with the value, in words. */
  error?: string | undefined;
  hint?: ReactNode;
}

type TextFieldProps = Labelled & Omit<ComponentProps<typeof Field.Control>, "className">;

/** A labelled input, with the words that belong to it. */
export function TextField({ label, error, hint, ...input }: TextFieldProps) {
  return (
    <Field.Root invalid={error !== undefined}>
      <Field.Label className="mb-1.5 block text-small font-medium">{label}</Field.Label>
      <Field.Control className={control} {...input} />
      {error === undefined && hint !== undefined && (
        <Field.Description render={<div />} className="mt-1.5 text-small text-quiet">
          {hint}
        </Field.Description>
      )}
      <Field.Error match={error !== undefined} className="mt-1.5 text-small text-alarm">
        {error}
      </Field.Error>
    </Field.Root>
  );
}

type TextAreaProps = Labelled & Omit<ComponentProps<"textarea">, "className">;

export function TextArea({ label, error, hint, ...area }: TextAreaProps) {
  return <TextField label={label} error={error} hint={hint} render={textArea(area)} />;
}

function textArea(area: Omit<ComponentProps<"textarea">, "className">): ReactElement {
  return (
    <textarea
      rows={3}
      {...area}
      className={`${control} block field-sizing-content max-h-96 min-h-20 resize-y`}
    />
  );
}
