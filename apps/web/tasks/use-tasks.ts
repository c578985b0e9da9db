"use client";

import type { AuthMode } from "@sallyport/server";
import { useState } from "react";
import { pageTokens } from "../auth/page-tokens.ts";
import { signInPath } from "../auth/return-path.ts";
import { showToast } from "../ui/toasts.tsx";
import { createKeptDrafts } from "./kept-drafts.ts";
import { sendFromPage, sendWithToken } from "./send-to-api.ts";
import type { Task, TaskDraft, TaskPage } from "./task.ts";
import { type TaskChange, withChanges } from "./task-changes.ts";
import { createTaskClient, type TaskResult } from "./task-client.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import { belongs, type TaskView, taskViewAddress } from "./task-view.ts";
import { useTaskChanges } from "./use-task-changes.ts";
import { useTaskList } from "./use-task-list.ts";
import { useTaskView } from "./use-task-view.ts";
import { useToday } from "./use-today.ts";

const DEADLINE_MS = 10_000;

export interface UseTasksOptions {
  apiUrl: string;
  authMode: AuthMode;
  userId: string;
  /** What the server could read for the page's first HTML. */
  first: { view: TaskView; page: TaskResult<TaskPage>; today: string };
}

export interface Trouble {
  failure: TaskFailure;
  retry: () => void;
}

/** Does again what was refused. */
type Retry = () => void;

/** The tasks on the page, and what can be done with them: shown at once, and taken back if refused. */
export function useTasks({ apiUrl, authMode, userId, first }: UseTasksOptions) {
  const [client] = useState(() => {
    const send = authMode === "jwt" ? sendWithToken(pageTokens) : sendFromPage;
    return createTaskClient({ apiUrl, userId, deadlineMs: DEADLINE_MS, send });
  });
  const [drafts] = useState(() => createKeptDrafts(userId));
  const today = useToday(first.today);
  const { view, goTo, search } = useTaskView();
  const list = useTaskList({ client, view, today, first });
  const { pending, change } = useTaskChanges(client, userId);
  const signIn = signInPath(taskViewAddress(view));
  const [notice, setNotice] = useState("");
  const [refused, setRefused] = useState<Trouble & { wanted: TaskChange }>();
  const [failures, setFailures] = useState<Record<string, TaskFailure | undefined>>({});

  /** What concerns the whole page is dealt with here; the rest is told where it was done. */
  async function make(wanted: TaskChange, done: string, retry: Retry) {
    setNotice("");
    const failure = await change(wanted);
    if (failure?.kind === "unauthenticated") location.assign(signIn);
    setRefused(failure?.kind === "unavailable" ? { failure, retry, wanted } : undefined);
    if (failure) return failure;
    setNotice(done);
    // The api answers: what could not be read before can be read now.
    if (list.failure) void list.reload();
    return undefined;
  }

  const tell = (id: string, failure?: TaskFailure) =>
    setFailures((told) => (told[id] === failure ? told : { ...told, [id]: failure }));

  /** As `make`; what is wrong is told at the task, which may have left the list and come back. */
  async function makeOf(id: string, ...wanted: Parameters<typeof make>) {
    tell(id);
    const failure = await make(...wanted);
    tell(id, failure);
    return failure;
  }

  return {
    today,
    view,
    goTo,
    search,
    drafts,
    /** What has just been done, for those who cannot see it. */
    notice,
    /** Undefined until the api has answered once. */
    shown:
      // Of the view before, what belongs to this one, until the api has said what does.
      list.tasks && withChanges(list.tasks, pending).filter((task) => belongs(task, view, today)),
    isPending: (id: string) => pending.some((one) => "id" in one && one.id === id),
    isWaiting: list.isWaiting,
    hasMore: list.hasMore,
    /** Whether there are more now. */
    async loadMore(): Promise<boolean> {
      const { data, isSuccess } = await list.loadMore();
      if (isSuccess) setNotice(`Loaded ${data.pages.at(-1)?.tasks.length ?? 0} more tasks.`);
      return isSuccess;
    },
    /** The way back in, and then here again. */
    signIn,
    /** What stands in the way of the whole page. */
    trouble:
      refused ?? (list.failure && { failure: list.failure, retry: () => void list.reload() }),

    add(task: Task, retry: Retry) {
      // Somebody who adds a task sees it.
      if (!belongs(task, view, today)) goTo({ status: "all", q: "" });
      return make({ kind: "add", task }, `Added “${task.title}”.`, retry);
    },
    /** Why the last change of a task was refused. */
    failureOf: (id: string) => failures[id],
    forgetFailure(id: string) {
      tell(id);
      // An edit that is given up is not to be tried again.
      setRefused((last) =>
        last?.wanted.kind === "edit" && last.wanted.id === id ? undefined : last,
      );
    },
    edit: ({ id, title }: Task, draft: Partial<TaskDraft>, retry: Retry) =>
      makeOf(id, { kind: "edit", id, draft }, `Saved “${draft.title ?? title}”.`, retry),
    complete: ({ id, title }: Task, completed: boolean, retry: Retry) =>
      makeOf(
        id,
        { kind: "complete", id, completed },
        `${completed ? "Completed" : "Reopened"} “${title}”.`,
        retry,
      ),
    delete(task: Task, retry: Retry) {
      const undo = () => {
        closeToast();
        void restore();
      };
      const restore = async () => {
        const failure = await make({ kind: "restore", task }, `Restored “${task.title}”.`, restore);
        if (failure && failure.kind !== "unavailable") showToast(failureText(failure));
      };
      const closeToast = showToast(`Deleted “${task.title}”.`, undo);
      const { id, title } = task;
      return makeOf(id, { kind: "delete", id }, `Deleted “${title}”.`, retry).then((failure) => {
        if (failure) closeToast();
        return failure;
      });
    },
  };
}

export type Tasks = ReturnType<typeof useTasks>;
