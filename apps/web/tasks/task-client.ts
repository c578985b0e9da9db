import * as v from "valibot";
import type { SendToApi } from "./send-to-api.ts";
import { type Task, type TaskDraft, type TaskPage, task, taskPage } from "./task.ts";
import { type TaskFailure, taskFailure } from "./task-failure.ts";
import type { TaskView } from "./task-view.ts";

export type TaskResult<T> = { ok: true; value: T } | { ok: false; failure: TaskFailure };

export interface TaskClientOptions {
  apiUrl: string;
  userId: string;
  deadlineMs: number;
  send: SendToApi;
}

interface ListOptions extends Partial<TaskView> {
  /** The caller's date, `YYYY-MM-DD`: overdue is what was due before it. */
  today?: string | undefined;
  cursor?: string | undefined;
  limit?: number;
}

export type TaskClient = ReturnType<typeof createTaskClient>;

/** The api's HTTP contract. Every failure that can be expected is a value. */
export function createTaskClient({ apiUrl, userId, deadlineMs, send }: TaskClientOptions) {
  const user = `${apiUrl}/api/${encodeURIComponent(userId)}`;
  const collection = `${user}/tasks`;
  const resource = (id: string) => `${collection}/${encodeURIComponent(id)}`;

  async function call<T>(
    method: string,
    url: string,
    answer: v.GenericSchema<unknown, T>,
    body?: object,
  ): Promise<TaskResult<T>> {
    try {
      const response = await send(url, {
        method,
        cache: "no-store",
        redirect: "error",
        signal: AbortSignal.timeout(deadlineMs),
        headers: body ? { "content-type": "application/json" } : {},
        ...(body && { body: JSON.stringify(body) }),
      });
      const read = parseJson(await response.text());
      if (!response.ok) return { ok: false, failure: taskFailure(response.status, read) };
      const parsed = v.safeParse(answer, read);
      return parsed.success
        ? { ok: true, value: parsed.output }
        : { ok: false, failure: { kind: "unexpected" } };
    } catch {
      // Refused, cut, too late, or not allowed across origins, a browser does not tell which; or no
      // token to be had, though nobody says that the session has ended.
      return { ok: false, failure: { kind: "unavailable" } };
    }
  }

  return {
    list(options: ListOptions = {}): Promise<TaskResult<TaskPage>> {
      const { status = "all", q, today, cursor, limit } = options;
      const query = new URLSearchParams({
        status,
        ...(q && { q }),
        ...(today && { today }),
        ...(cursor && { cursor }),
        ...(limit && { limit: String(limit) }),
      });
      return call("GET", `${collection}?${query}`, taskPage);
    },
    create: (draft: TaskDraft): Promise<TaskResult<Task>> => call("POST", collection, task, draft),
    update: (id: string, draft: Partial<TaskDraft>): Promise<TaskResult<Task>> =>
      call("PATCH", resource(id), task, draft),
    setCompleted: (id: string, completed: boolean): Promise<TaskResult<Task>> =>
      call("PATCH", `${resource(id)}/complete`, task, { completed }),
    delete: (id: string): Promise<TaskResult<undefined>> =>
      call("DELETE", resource(id), v.undefined()),
    /** What was deleted a moment ago. */
    restore: (id: string): Promise<TaskResult<Task>> =>
      call("POST", `${resource(id)}/restore`, task),
    /** All tasks of the user, for good. */
    deleteAll: (): Promise<TaskResult<undefined>> => call("DELETE", user, v.undefined()),
  };
}

/** Undefined for no body, and for one that is not JSON. */
function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
