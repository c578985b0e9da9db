"use client";

import { useMutation, useMutationState, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef, useState } from "react";
import { createTabChannel, type TabChannel } from "./tab-channel.ts";
import type { Task } from "./task.ts";
import type { TaskChange } from "./task-changes.ts";
import type { TaskClient, TaskResult } from "./task-client.ts";
import type { TaskFailure } from "./task-failure.ts";
import { distrustLists, enterAnswer, listsAtRest } from "./use-task-list.ts";

const mutationKey = ["task changes"];

/** Sends changes to the api, and tells the user's other tabs of them. */
export function useTaskChanges(client: TaskClient, userId: string) {
  const queryClient = useQueryClient();
  const [inOrder] = useState(createOrder);
  const channel = useRef<TabChannel>(undefined);

  useEffect(() => {
    const opened = createTabChannel(userId, () => distrustLists(queryClient));
    channel.current = opened;
    return opened.close;
  }, [queryClient, userId]);

  const { mutateAsync } = useMutation({
    mutationKey,
    mutationFn: (change: TaskChange) => inOrder(idOf(change), () => send(client, change)),
    async onSuccess(result, change) {
      if (!result.ok) return;
      await listsAtRest(queryClient);
      enterAnswer(queryClient, result.value?.id ?? idOf(change), result.value);
      channel.current?.tell();
    },
  });
  /** Not answered yet: shown as if they were. */
  const pending = useMutationState({
    filters: { mutationKey, status: "pending" },
    select: ({ state }) => state.variables,
  }).filter(isTaskChange);
  return {
    pending,
    /** Resolves with what went wrong, or with nothing. */
    async change(change: TaskChange): Promise<TaskFailure | undefined> {
      const result = await mutateAsync(change);
      return result.ok ? undefined : result.failure;
    },
  };
}

/** No other mutation has this key. */
function isTaskChange(variables: unknown): variables is TaskChange {
  return variables !== undefined;
}

function idOf(change: TaskChange): string {
  return "task" in change ? change.task.id : change.id;
}

async function send(client: TaskClient, change: TaskChange): Promise<TaskResult<Task | undefined>> {
  switch (change.kind) {
    case "add": {
      const { title, description, due_on } = change.task;
      return client.create({ title, description, due_on });
    }
    case "edit":
      return client.update(change.id, change.draft);
    case "complete":
      return client.setCompleted(change.id, change.completed);
    case "delete":
      return deleted(await client.delete(change.id));
    case "restore":
      return client.restore(change.task.id);
  }
}

/** A task that is gone already, by a call whose answer was lost or in another tab, is as wanted. */
function deleted(result: TaskResult<undefined>): TaskResult<undefined> {
  const isGone = !result.ok && result.failure.kind === "not_found";
  return isGone ? { ok: true, value: undefined } : result;
}

/** Changes of one task reach the api in the order in which they were made. */
function createOrder() {
  const last = new Map<string, Promise<unknown>>();
  return async function inOrder<T>(id: string, run: () => Promise<T>): Promise<T> {
    const mine = (last.get(id) ?? Promise.resolve()).then(run);
    last.set(id, mine);
    try {
      return await mine;
    } finally {
      if (last.get(id) === mine) last.delete(id);
    }
  };
}
