"use client";

import { useRef } from "react";
import { ProgressBar } from "../ui/progress-bar.tsx";
import { QueryProvider } from "../ui/query-provider.tsx";
import { Toasts } from "../ui/toasts.tsx";
import { usePatience } from "../ui/use-patience.ts";
import { AddTask } from "./add-task.tsx";
import { EmptyList } from "./empty-list.tsx";
import { TaskFilters } from "./task-filters.tsx";
import { TaskList } from "./task-list.tsx";
import { TaskSearch } from "./task-search.tsx";
import { TaskSkeleton } from "./task-skeleton.tsx";
import { TroubleBar } from "./trouble-bar.tsx";
import { type UseTasksOptions, useTasks } from "./use-tasks.ts";

export function TaskBoard(options: UseTasksOptions) {
  return (
    <QueryProvider>
      <Board {...options} />
      <Toasts />
    </QueryProvider>
  );
}

function Board(options: UseTasksOptions) {
  const tasks = useTasks(options);
  const { shown, view } = tasks;
  const heading = useRef<HTMLHeadingElement>(null);
  const wait = usePatience(tasks.isWaiting);
  return (
    <>
      <h1 ref={heading} tabIndex={-1} className="text-title font-semibold tracking-tight">
        Your tasks
      </h1>
      <section aria-label="Add a task" className="mt-5">
        <AddTask tasks={tasks} />
      </section>
      <section aria-label="Tasks" aria-busy={tasks.isWaiting} className="mt-section">
        <div className="mb-4 flex flex-wrap items-center gap-x-4 gap-y-2">
          <TaskFilters view={view} onChange={tasks.goTo} />
          <TaskSearch view={view} onSearch={tasks.search} />
        </div>
        {shown && <TaskList shown={shown} tasks={tasks} heading={heading} />}
        {!shown?.length && wait !== "none" && <TaskSkeleton />}
        {shown?.length === 0 && !tasks.hasMore && !tasks.isWaiting && <EmptyList view={view} />}
      </section>
      {wait === "long" && <ProgressBar label="Loading tasks" />}
      <p role="status" className="sr-only">
        {tasks.notice}
      </p>
      <TroubleBar trouble={tasks.trouble} signIn={tasks.signIn} heading={heading} />
    </>
  );
}
