import * as v from "valibot";
import type { SendToApi } from "../tasks/send-to-api.ts";

const DEADLINE_MS = 10_000;
/** The most that the api gives at once. */
const PAGE_SIZE = 100;

/** Whole, with whatever the api says of a task. */
const page = v.object({
  tasks: v.array(v.looseObject({ id: v.string() })),
  next_cursor: v.nullable(v.string()),
});

export type TaskExport =
  | { ok: true; tasks: v.InferOutput<typeof page>["tasks"] }
  | { ok: false; reason: "signed-out" | "unavailable" };

interface ExportOptions {
  apiUrl: string;
  userId: string;
  send: SendToApi;
  /** Told after each page, with the number of tasks so far. */
  onProgress: (count: number) => void;
}

/** Reads all tasks of a user, newest first. All or nothing: half of them would pass for all. */
export async function exportTasks(options: ExportOptions): Promise<TaskExport> {
  const { apiUrl, userId, send, onProgress } = options;
  const tasks: v.InferOutput<typeof page>["tasks"] = [];
  let cursor: string | null = null;
  try {
    do {
      const query: URLSearchParams = new URLSearchParams({
        limit: String(PAGE_SIZE),
        ...(cursor !== null && { cursor }),
      });
      const answer = await send(`${apiUrl}/api/${encodeURIComponent(userId)}/tasks?${query}`, {
        method: "GET",
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(DEADLINE_MS),
        headers: {},
      });
      if (answer.status === 401) return { ok: false, reason: "signed-out" };
      if (!answer.ok) return { ok: false, reason: "unavailable" };
      const read = v.parse(page, await answer.json());
      tasks.push(...read.tasks);
      onProgress(tasks.length);
      cursor = read.next_cursor;
    } while (cursor !== null);
    return { ok: true, tasks };
  } catch {
    // No answer, or one outside of the contract.
    return { ok: false, reason: "unavailable" };
  }
}
