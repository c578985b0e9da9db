import type * as z from "zod";
import type { FieldError } from "./problem.ts";

/** A body of unknown names must not grow into an answer that is larger still. */
const maxErrors = 20;

/** What is wrong where, in words that repeat nothing of the input but the names of unknown fields. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues
    .flatMap((issue) =>
      issue.code === "unrecognized_keys"
        ? issue.keys.map((key) => ({ path: key, message: "Unknown field" }))
        : [{ path: issue.path.join("."), message: issue.message }],
    )
    .slice(0, maxErrors);
}
