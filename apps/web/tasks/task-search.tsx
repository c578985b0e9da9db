"use client";

import { useEffect, useRef } from "react";
import type { TaskView } from "./task-view.ts";
import { addressView } from "./use-task-view.ts";

/** Somebody who types on is not interrupted by a search for half a word. */
const PAUSE_MS = 200;

interface TaskSearchProps {
  view: TaskView;
  /** While one types. */
  onSearch: (q: string) => void;
}

export function TaskSearch({ view, onSearch }: TaskSearchProps) {
  const field = useRef<HTMLInputElement>(null);
  const pause = useRef<ReturnType<typeof setTimeout>>(undefined);

  /** What was last searched for here. */
  const sought = useRef(view.q);

  // Back and forward change the address, and with it what is searched for. What came from here may
  // have been typed on since.
  // biome-ignore lint/correctness/useExhaustiveDependencies: each new view is a reason to look.
  useEffect(() => {
    const { q } = addressView();
    if (q === sought.current) return;
    sought.current = q;
    clearTimeout(pause.current);
    if (field.current) field.current.value = q;
  }, [view.q]);

  const search = () => {
    clearTimeout(pause.current);
    sought.current = field.current?.value.trim() ?? "";
    onSearch(sought.current);
  };

  return (
    <search className="min-w-0 grow basis-48">
      <form
        action="/dashboard"
        onSubmit={(event) => {
          event.preventDefault();
          search();
        }}
      >
        {view.status !== "all" && <input type="hidden" name="status" value={view.status} />}
        <input
          ref={field}
          type="search"
          name="q"
          aria-label="Search tasks"
          placeholder="Search"
          maxLength={200}
          autoComplete="off"
          defaultValue={view.q}
          onChange={() => {
            clearTimeout(pause.current);
            pause.current = setTimeout(search, PAUSE_MS);
          }}
          className="min-h-10 w-full rounded-control border border-edge bg-surface px-3 text-base placeholder:text-quiet"
        />
      </form>
    </search>
  );
}
