import { type ComponentProps, type ReactNode, useId } from "react";

const control =
  "w-full rounded-control border border-edge bg-surface px-3 py-2.5 text-base placeholder:text-quiet aria-invalid:border-alarm";

interface Labelled {
  label: string;
  /** What is wrong with the value, in words. */
  error?: string | undefined;
  hint?: ReactNode;
}

type TextFieldProps = Labelled & Omit<ComponentProps<"input">, "className">;

/** A labelled input, with the words that belong to it. */
export function TextField({ label, error, hint, ...input }: TextFieldProps) {
  const { id, describes, words } = useWords(error, hint);
  return (
    <div>
      <Label id={id} text={label} />
      <input id={id} className={control} {...describes} {...input} />
      {words}
    </div>
  );
}

type TextAreaProps = Labelled & Omit<ComponentProps<"textarea">, "className">;

export function TextArea({ label, error, hint, ...area }: TextAreaProps) {
  const { id, describes, words } = useWords(error, hint);
  return (
    <div>
      <Label id={id} text={label} />
      <textarea
        id={id}
        rows={3}
        className={`${control} block field-sizing-content max-h-96 min-h-20 resize-y`}
        {...describes}
        {...area}
      />
      {words}
    </div>
  );
}

function Label({ id, text }: { id: string; text: string }) {
  return (
    <label htmlFor={id} className="mb-1.5 block text-small font-medium">
      {text}
    </label>
  );
}

/** An error takes the place of the hint. */
function useWords(error: string | undefined, hint: ReactNode) {
  const id = useId();
  const wordsId = `${id}-words`;
  const text = error ?? hint;
  const colour = error === undefined ? "text-quiet" : "text-alarm";
  return {
    id,
    describes: {
      "aria-invalid": error === undefined ? undefined : true,
      "aria-describedby": text === undefined ? undefined : wordsId,
    },
    words: text !== undefined && (
      <div id={wordsId} className={`mt-1.5 text-small ${colour}`}>
        {text}
      </div>
    ),
  };
}
