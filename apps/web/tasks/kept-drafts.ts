import * as z from "zod/mini";
import { type TaskDraft, taskDraft } from "./task.ts";

const storageKey = "sallyport.drafts";
const storedDrafts = z.object({
  userId: z.string(),
  drafts: z.record(z.string(), taskDraft),
});

type TabStorage = Pick<Storage, "getItem" | "setItem" | "removeItem">;

export type KeptDrafts = ReturnType<typeof createKeptDrafts>;

/**
 * What is typed in the forms of a page, kept in this tab while its user signs in again, and handed
 * to nobody else. `open` gives the tab's storage, which may be switched off.
 */
export function createKeptDrafts(userId: string, open: () => TabStorage = () => sessionStorage) {
  const forms = new Map<string, () => TaskDraft>();

  function read(): Record<string, TaskDraft> {
    try {
      const { data } = storedDrafts.safeParse(JSON.parse(open().getItem(storageKey) ?? "null"));
      return data?.userId === userId ? data.drafts : {};
    } catch {
      return {};
    }
  }

  function write(drafts: Record<string, TaskDraft>): void {
    try {
      if (Object.keys(drafts).length === 0) open().removeItem(storageKey);
      else open().setItem(storageKey, JSON.stringify({ userId, drafts }));
    } catch {
      // Storage that is off or full keeps nothing.
    }
  }

  return {
    /** Says how to read an open form; what it returns is for when the form closes. */
    watch(form: string, draft: () => TaskDraft): () => void {
      forms.set(form, draft);
      return () => {
        forms.delete(form);
      };
    },
    /** Keeps what all open forms hold, beside what still waits for its form to open. */
    keep(): void {
      const drafts = [...forms].map(([form, draft]) => [form, draft()] as const);
      const typed = drafts.filter(([, { title, description }]) => title || description);
      write({ ...read(), ...Object.fromEntries(typed) });
    },
    has: (form: string): boolean => Object.hasOwn(read(), form),
    /** What was kept for this form, once. */
    take(form: string): TaskDraft | undefined {
      const { [form]: draft, ...others } = read();
      write(others);
      return draft;
    },
  };
}
