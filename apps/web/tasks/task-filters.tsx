"use client";

import type { MouseEvent } from "react";
import { type TaskStatus, type TaskView, taskViewAddress } from "./task-view.ts";

const filters: { status: TaskStatus; label: string }[] = [
  { status: "all", label: "All" },
  { status: "open", label: "Open" },
  { status: "completed", label: "Done" },
  { status: "overdue", label: "Overdue" },
];

interface TaskFiltersProps {
  view: TaskView;
  onChange: (view: TaskView) => void;
}

/** Links, so that each view can be bookmarked, opened in a tab and gone back to. */
export function TaskFilters({ view, onChange }: TaskFiltersProps) {
  return (
    <nav aria-label="Show" className="flex flex-wrap gap-1">
      {filters.map(({ status, label }) => {
        const wanted = { ...view, status };
        return (
          <a
            key={status}
            href={taskViewAddress(wanted)}
            aria-current={status === view.status ? "page" : undefined}
            onClick={(event) => {
              if (!isPlainClick(event)) return;
              event.preventDefault();
              if (status !== view.status) onChange(wanted);
            }}
            className="inline-flex min-h-10 items-center rounded-control px-3 text-small font-medium text-quiet transition-colors hover:text-ink aria-[current]:bg-ink aria-[current]:text-page"
          >
            {label}
          </a>
        );
      })}
    </nav>
  );
}

/** Not one that wants a new tab or window. */
function isPlainClick(event: MouseEvent): boolean {
  return !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
}
