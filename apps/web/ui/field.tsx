import { type ComponentProps, useId } from "react";

const control =
  "w-full rounded-lg border border-edge bg-surface px-3 py-2.5 text-base placeholder:text-quiet aria-invalid:border-alarm";

interface Labelled {
  label: string;
  /** What is wrong with the value, in words. */
  error?: string | undefined;
  hint?: string | undefined;
}

export function TextField({ label, error, hint, ...input }: Labelled & ComponentProps<"input">) {
  const id = useId();
  return (
    <div>
      <Label id={id} text={label} />
      <input id={id} className={control} {...describedBy(id, error, hint)} {...input} />
      <Notes id={id} error={error} hint={hint} />
    </div>
  );
}

export function TextArea({ label, error, hint, ...area }: Labelled & ComponentProps<"textarea">) {
  const id = useId();
  return (
    <div>
      <Label id={id} text={label} />
      <textarea
        id={id}
        rows={3}
        className={`${control} block field-sizing-content max-h-96 min-h-20 resize-y`}
        {...describedBy(id, error, hint)}
        {...area}
      />
      <Notes id={id} error={error} hint={hint} />
    </div>
  );
}

function Label({ id, text }: { id: string; text: string }) {
  return (
    <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
      {text}
    </label>
  );
}

function describedBy(id: string, error: string | undefined, hint: string | undefined) {
  return {
    "aria-invalid": error !== undefined,
    "aria-describedby": error !== undefined || hint !== undefined ? `${id}-notes` : undefined,
  };
}

function Notes({ id, error, hint }: { id: string } & Pick<Labelled, "error" | "hint">) {
  if (error === undefined && hint === undefined) return null;
  return (
    <p
      id={`${id}-notes`}
      className={`mt-1.5 text-sm ${error === undefined ? "text-quiet" : "text-alarm"}`}
    >
      {error ?? hint}
    </p>
  );
}
