import * as v from "valibot";

export type TaskFailure =
  /** No answer, or one that says "later": the same call may well succeed then. */
  | { kind: "unavailable" }
  /** There is no session. */
  | { kind: "unauthenticated" }
  | { kind: "forbidden" }
  | { kind: "not_found" }
  /** What is wrong with which field, in the api's words. */
  | { kind: "invalid"; fields: Record<string, string> }
  /** An answer outside the contract. */
  | { kind: "unexpected" };

const sentences = {
  unavailable:
    "The task service cannot be reached right now. Your work is kept on this page: try again in a moment.",
  unauthenticated: "Your session has ended, or the task service does not see it. Sign in again.",
  forbidden:
    "The task service refuses this. You may have signed in with another account in the meantime: reload the page.",
  not_found: "This task does not exist any more. It may have been deleted in another window.",
  invalid: "The task service did not accept this. Correct it and try again.",
  unexpected:
    "The task service gave an answer that this page does not understand. Reload the page and try again.",
} satisfies Record<TaskFailure["kind"], string>;

export function failureText({ kind }: TaskFailure): string {
  return sentences[kind];
}

const fieldErrors = v.object({
  errors: v.array(v.object({ path: v.string(), message: v.string() })),
});

/** Reads a refusal by its status; only the fields of a 422 are in its body. */
export function taskFailure(status: number, body: unknown): TaskFailure {
  switch (status) {
    case 401:
      return { kind: "unauthenticated" };
    case 403:
      return { kind: "forbidden" };
    case 404:
      return { kind: "not_found" };
    case 413:
      return { kind: "invalid", fields: { description: "This is too long." } };
    case 422: {
      const told = v.safeParse(fieldErrors, body);
      const errors = told.success ? told.output.errors : [];
      const fields = Object.fromEntries(errors.map(({ path, message }) => [path, `${message}.`]));
      return { kind: "invalid", fields };
    }
    default:
      return { kind: status === 429 || status >= 500 ? "unavailable" : "unexpected" };
  }
}
