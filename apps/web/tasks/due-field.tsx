import type { ComponentProps } from "react";
import { TextField } from "../ui/field.tsx";

/** The browser's own calendar, in its language. */
export function DueField(props: Omit<ComponentProps<typeof TextField>, "label" | "type">) {
  return (
    <div className="max-w-52">
      <TextField label="Due" type="date" min="0001-01-01" max="9999-12-31" {...props} />
    </div>
  );
}
