"use client";

import type { AuthMode } from "@sallyport/server";
import { useEffect, useState } from "react";
import { accessTokens } from "../auth/auth-client.ts";
import { createKeptDrafts } from "./kept-drafts.ts";
import { sendFromPage, sendWithToken } from "./send-to-api.ts";
import type { Task, TaskDraft, TaskFilter, TaskPage } from "./task.ts";
import { createTaskClient, type TaskResult } from "./task-client.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";

const DEADLINE_MS = 10_000;

export interface UseTasksOptions {
  apiUrl: string;
  authMode: AuthMode;
  userId: string;
  /** What the server could read for the page's first HTML. */
  firstPage: TaskResult<TaskPage>;
}

export interface Trouble {
  text: string;
  retry: () => void;
}

interface Shown {
  filter: TaskFilter;
  /** Undefined until the api has answered once. */
  page: TaskPage | undefined;
}

/** The tasks on the page, and what can be done with them. Nothing is shown that the api did not say. */
export function useTasks({ apiUrl, authMode, userId, firstPage }: UseTasksOptions) {
  const [client] = useState(() => {
    const send = authMode === "jwt" ? sendWithToken(accessTokens) : sendFromPage;
    return createTaskClient({ apiUrl, userId, deadlineMs: DEADLINE_MS, send });
  });
  const [drafts] = useState(() => createKeptDrafts(userId));
  const [{ filter, page }, setShown] = useState<Shown>({
    filter: "all",
    page: firstPage.ok ? firstPage.value : undefined,
  });
  const [isLoading, setIsLoading] = useState(false);
  const [notice, setNotice] = useState("");
  const [trouble, setTrouble] = useState<Trouble | undefined>(
    firstPage.ok
      ? undefined
      : { text: failureText(firstPage.failure), retry: () => void load("all") },
  );

  // Once, in silence: the browser may reach the api where the server did not. Only what a person
  // does leads to the sign-in page, so that no two pages can send a browser back and forth.
  useEffect(() => {
    if (firstPage.ok) return;
    let isGone = false;
    void client.list("all").then((result) => {
      if (!result.ok || isGone) return;
      setShown({ filter: "all", page: result.value });
      setTrouble(undefined);
    });
    return () => {
      isGone = true;
    };
  }, [client, firstPage]);

  /** By what is shown when the change is made, which may be another filter than when it was asked for. */
  function changeTasks(change: (tasks: Task[], shownFilter: TaskFilter) => Task[]) {
    setShown(({ filter, page }) => ({
      filter,
      page: page && { ...page, tasks: change(page.tasks, filter) },
    }));
  }

  /** Passes a result on; what concerns the whole page is dealt with here. */
  function settle<T>(result: TaskResult<T>, retry: () => void): TaskResult<T> {
    if (result.ok) setTrouble(undefined);
    else if (result.failure.kind === "unauthenticated") {
      drafts.keep();
      // Until the next page is there, one can go on typing.
      addEventListener("pagehide", () => drafts.keep(), { once: true });
      location.assign("/sign-in");
    } else if (result.failure.kind === "unavailable") {
      setTrouble({ text: failureText(result.failure), retry });
    }
    return result;
  }

  async function load(wanted: TaskFilter, cursor?: string): Promise<void> {
    const retry = () => void load(wanted, cursor);
    setIsLoading(true);
    const result = settle(await client.list(wanted, cursor), retry);
    setIsLoading(false);
    if (!result.ok) {
      setTrouble({ text: failureText(result.failure), retry });
      return;
    }
    const { tasks: loaded, next_cursor } = result.value;
    if (cursor !== undefined) setNotice(`Loaded ${loaded.length} more tasks.`);
    setShown((shown) => ({
      filter: wanted,
      page: {
        tasks: cursor === undefined ? loaded : [...(shown.page?.tasks ?? []), ...loaded],
        next_cursor,
      },
    }));
  }

  function replace(changed: Task) {
    changeTasks((tasks, shownFilter) =>
      tasks
        .map((task) => (task.id === changed.id ? changed : task))
        .filter((task) => belongs(task, shownFilter)),
    );
  }

  return {
    /** Undefined until the api has answered once. */
    page,
    filter,
    isLoading,
    /** What has just been done, for those who cannot see it. */
    notice,
    /** What stands in the way of the whole page. */
    trouble,
    /** What was typed before the last sign-in. */
    drafts,
    load,
    /** For when the work that met it has been given up. */
    dismissTrouble: () => setTrouble(undefined),

    async add(draft: TaskDraft, retry: () => void): Promise<TaskFailure | undefined> {
      const result = settle(await client.create(draft), retry);
      if (!result.ok) return result.failure;
      const added = result.value;
      setNotice(`Added “${added.title}”.`);
      if (!page || !belongs(added, filter)) {
        await load("all");
        return undefined;
      }
      changeTasks((tasks, shownFilter) => {
        const others = tasks.filter(({ id }) => id !== added.id);
        return belongs(added, shownFilter) ? [added, ...others] : others;
      });
      return undefined;
    },

    async update(id: string, draft: TaskDraft, retry: () => void) {
      const result = settle(await client.update(id, draft), retry);
      if (!result.ok) return result.failure;
      setNotice(`Saved “${result.value.title}”.`);
      replace(result.value);
      return undefined;
    },

    async setCompleted(id: string, completed: boolean, retry: () => void) {
      const result = settle(await client.setCompleted(id, completed), retry);
      if (!result.ok) return result.failure;
      setNotice(`${completed ? "Completed" : "Reopened"} “${result.value.title}”.`);
      replace(result.value);
      return undefined;
    },

    async delete(id: string, retry: () => void) {
      const result = settle(await client.delete(id), retry);
      if (!result.ok) return result.failure;
      setNotice("Deleted the task.");
      changeTasks((tasks) => tasks.filter((task) => task.id !== id));
      return undefined;
    },
  };
}

export type Tasks = ReturnType<typeof useTasks>;

function belongs({ completed }: Task, filter: TaskFilter): boolean {
  return filter === "all" || completed === (filter === "completed");
}
