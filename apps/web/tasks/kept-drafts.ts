import * as v from "valibot";
import type { TaskFields } from "./task-fields.ts";

const storageKey = "sallyport.drafts";
const typed = v.object({ title: v.string(), description: v.string(), due_on: v.string() });
const storedDrafts = v.object({ userId: v.string(), drafts: v.record(v.string(), typed) });

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export type KeptDrafts = ReturnType<typeof createKeptDrafts>;

/** For when their owner leaves. */
export function forgetDrafts(): void {
  try {
    sessionStorage.removeItem(storageKey);
  } catch {
    // Storage that is off has kept nothing.
  }
}

/**
 * What is typed in the forms of a page, kept in this tab until the api has it: beyond a reload, an
 * outage and a new sign-in, and handed to nobody else. `open` gives the tab's storage, which may be
 * switched off.
 */
export function createKeptDrafts(userId: string, open: () => TabStorage = () => sessionStorage) {
  function read(): Record<string, TaskFields> {
    try {
      const stored = v.safeParse(storedDrafts, JSON.parse(open().getItem(storageKey) ?? "null"));
      return stored.success && stored.output.userId === userId ? stored.output.drafts : {};
    } catch {
      return {};
    }
  }

  function write(drafts: Record<string, TaskFields>): void {
    try {
      if (Object.keys(drafts).length === 0) open().removeItem(storageKey);
      else open().setItem(storageKey, JSON.stringify({ userId, drafts }));
    } catch {
      // Storage that is off or full keeps nothing.
    }
  }

  return {
    get: (form: string): TaskFields | undefined => read()[form],
    /** Those of all forms whose name begins so. */
    all: (start: string): Record<string, TaskFields> =>
      Object.fromEntries(Object.entries(read()).filter(([form]) => form.startsWith(start))),
    keep(form: string, draft: TaskFields): void {
      write({ ...read(), [form]: draft });
    },
    drop(form: string): void {
      const { [form]: _, ...others } = read();
      write(others);
    },
  };
}
