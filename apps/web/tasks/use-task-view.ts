"use client";

import { useSearchParams } from "next/navigation";
import { useMemo } from "react";
import { parseTaskView, type TaskView, taskViewAddress } from "./task-view.ts";

/** What the address says by now: a rendering comes after it. */
export function addressView(): TaskView {
  return parseTaskView(new URLSearchParams(location.search));
}

/** The view that the page's address says, and how to change both. Next follows the history. */
export function useTaskView() {
  const params = useSearchParams();
  const view = useMemo(() => parseTaskView(params), [params]);
  return {
    view,
    /** Back leads to the view before. */
    goTo: (next: TaskView) => history.pushState(null, "", taskViewAddress(next)),
    /** For each letter that is typed: back leads to where the typing began. */
    search: (q: string) => history.replaceState(null, "", taskViewAddress({ ...addressView(), q })),
  };
}
