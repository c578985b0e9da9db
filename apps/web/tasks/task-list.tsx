"use client";

import {
  type KeyboardEvent,
  type RefObject,
  useCallback,
  useEffect,
  useLayoutEffect,
  useRef,
} from "react";
import { buttonStyle } from "../ui/button-style.ts";
import type { Task } from "./task.ts";
import { TaskItem } from "./task-item.tsx";
import type { Tasks } from "./use-tasks.ts";

interface TaskListProps {
  shown: readonly Task[];
  tasks: Tasks;
  /** Takes the focus when no task is left to have it. */
  heading: RefObject<HTMLElement | null>;
}

export function TaskList({ shown, tasks, heading }: TaskListProps) {
  const list = useRef<HTMLUListElement>(null);
  const more = useRef<HTMLButtonElement>(null);
  /** Where the first of the tasks will be that have been asked for. */
  const firstNew = useRef<number>(undefined);
  /** For what is called later: with it as a property every item would render at every change. */
  const latest = useRef(tasks);
  useLayoutEffect(() => {
    latest.current = tasks;
  });
  const leadOn = useCallback(
    (item: Element | null) => {
      if (!lead(item, "next") && !lead(item, "previous")) heading.current?.focus();
    },
    [heading],
  );

  // The list is longer only some renderings after the api has answered.
  useEffect(() => {
    const item = list.current?.children[firstNew.current ?? -1];
    if (!item) return;
    firstNew.current = undefined;
    // Somebody who has gone on meanwhile is left where they are.
    const { activeElement } = document;
    if (activeElement === document.body || activeElement === more.current) focusTask(item);
  });

  function handleKey(event: KeyboardEvent<HTMLUListElement>) {
    const { key, target } = event;
    if (!(target instanceof HTMLInputElement && target.type === "checkbox")) return;
    if (key !== "ArrowDown" && key !== "ArrowUp") return;
    event.preventDefault();
    lead(target.closest("li"), key === "ArrowDown" ? "next" : "previous");
  }

  async function loadMore() {
    firstNew.current = list.current?.children.length ?? 0;
    if (!(await tasks.loadMore())) firstNew.current = undefined;
  }

  return (
    <>
      {shown.length > 0 && (
        <ul
          ref={list}
          onKeyDown={handleKey}
          className="task-list divide-y divide-line overflow-hidden rounded-card border border-line bg-surface"
        >
          {shown.map((task) => (
            <TaskItem
              key={task.id}
              task={task}
              failure={tasks.failureOf(task.id)}
              isPending={tasks.isPending(task.id)}
              today={tasks.today}
              view={tasks.view}
              drafts={tasks.drafts}
              tasks={latest}
              onLeave={leadOn}
            />
          ))}
        </ul>
      )}
      {tasks.hasMore && (
        <button
          ref={more}
          type="button"
          className={`${buttonStyle.secondary} mt-4 w-full`}
          aria-disabled={tasks.isWaiting}
          onClick={() => !tasks.isWaiting && void loadMore()}
        >
          Load more
        </button>
      )}
      {shown.length > 0 && (
        <p className="mt-4 hidden text-small text-quiet pointer-fine:block">
          Keys on a task’s box: ↑ ↓ move, Space completes, Enter edits, Delete deletes.
        </p>
      )}
    </>
  );
}

function lead(from: Element | null, to: "previous" | "next"): boolean {
  const step = to === "next" ? "nextElementSibling" : "previousElementSibling";
  let item = from?.[step];
  while (item && !focusTask(item)) item = item[step];
  return Boolean(item);
}

/** Whether it can have the focus: not one that is being edited, or that the api does not know yet. */
function focusTask(item: Element | null | undefined): boolean {
  const box = item?.querySelector<HTMLElement>('input[type="checkbox"]:enabled');
  box?.focus();
  return box !== null && box !== undefined;
}
