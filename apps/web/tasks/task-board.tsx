"use client";

import { useRef } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { EmptyList } from "./empty-list.tsx";
import { TaskFilterBar } from "./task-filter-bar.tsx";
import { TaskForm } from "./task-form.tsx";
import { TaskItem } from "./task-item.tsx";
import { TroubleBanner } from "./trouble-banner.tsx";
import { type UseTasksOptions, useTasks } from "./use-tasks.ts";

export function TaskBoard(options: UseTasksOptions) {
  const tasks = useTasks(options);
  const { page } = tasks;
  const loadMore = (cursor: string | null) => tasks.load(tasks.filter, cursor ?? undefined);
  const heading = useRef<HTMLHeadingElement>(null);
  return (
    <>
      <TroubleBanner trouble={tasks.trouble} />
      <h1 ref={heading} tabIndex={-1} className="text-title font-semibold tracking-tight">
        Your tasks
      </h1>
      <section aria-label="Add a task" className="mt-5">
        <TaskForm name="new" drafts={tasks.drafts} submitLabel="Add task" onSubmit={tasks.add} />
      </section>
      <section aria-label="Tasks" className="mt-10">
        <TaskFilterBar
          filter={tasks.filter}
          isDisabled={tasks.isLoading}
          onChange={(filter) => tasks.load(filter)}
        />
        <div
          aria-busy={tasks.isLoading}
          className="mt-4 transition-opacity aria-busy:pointer-events-none aria-busy:opacity-60"
        >
          {page && page.tasks.length > 0 && (
            <ul className="divide-y divide-line overflow-hidden rounded-card border border-line bg-surface">
              {page.tasks.map((task) => (
                <TaskItem
                  key={task.id}
                  task={task}
                  tasks={tasks}
                  onGone={() => heading.current?.focus()}
                />
              ))}
            </ul>
          )}
          {page?.tasks.length === 0 && page.next_cursor === null && (
            <EmptyList filter={tasks.filter} />
          )}
          {page && page.next_cursor !== null && (
            <button
              type="button"
              className={`${buttonStyle.secondary} mt-4 w-full`}
              aria-disabled={tasks.isLoading}
              onClick={() => !tasks.isLoading && loadMore(page.next_cursor)}
            >
              Load more
            </button>
          )}
        </div>
      </section>
      <p role="status" className="sr-only">
        {tasks.notice}
      </p>
    </>
  );
}
