"use client";

import { useEffect, useId, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { takeFocus } from "../ui/take-focus.ts";
import type { Task } from "./task.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import { TaskForm } from "./task-form.tsx";
import type { Tasks } from "./use-tasks.ts";

type Mode = "view" | "edit" | "delete";

interface TaskItemProps {
  task: Task;
  tasks: Pick<Tasks, "filter" | "drafts" | "update" | "setCompleted" | "delete" | "dismissTrouble">;
  /** Called when the item leaves the list, with the focus in it. */
  onGone: () => void;
}

export function TaskItem({ task, tasks, onGone }: TaskItemProps) {
  const titleId = useId();
  const [mode, setMode] = useState<Mode>("view");
  /** Back from these, the keyboard is where it was. */
  const [left, setLeft] = useState<Mode>();
  const [isBusy, setIsBusy] = useState(false);
  /** Shown at once, until the api has answered. */
  const [wantedCompletion, setWantedCompletion] = useState<boolean>();
  const [failure, setFailure] = useState<TaskFailure>();

  // Not in the first rendering, which is the server's: only the browser has drafts.
  useEffect(() => {
    if (tasks.drafts.has(task.id)) setMode("edit");
  }, [tasks.drafts, task.id]);

  function enter(next: Mode) {
    setLeft(mode);
    setMode(next);
  }

  async function act(action: (retry: () => void) => Promise<TaskFailure | undefined>) {
    if (isBusy) return;
    setIsBusy(true);
    const failed = await action(() => void act(action));
    setIsBusy(false);
    setFailure(failed);
  }

  async function complete(completed: boolean) {
    setWantedCompletion(completed);
    await act(async (retry) => {
      const failed = await tasks.setCompleted(task.id, completed, retry);
      if (!failed && tasks.filter !== "all") onGone();
      return failed;
    });
    setWantedCompletion(undefined);
  }

  async function remove(retry: () => void) {
    const failed = await tasks.delete(task.id, retry);
    if (!failed) onGone();
    return failed;
  }

  if (mode === "edit") {
    return (
      <li className="p-4 sm:p-5">
        <TaskForm
          name={task.id}
          drafts={tasks.drafts}
          submitLabel="Save"
          initial={task}
          onCancel={() => {
            tasks.dismissTrouble();
            enter("view");
          }}
          onSubmit={async (draft, retry) => {
            const failed = await tasks.update(task.id, draft, retry);
            if (!failed) enter("view");
            return failed;
          }}
        />
      </li>
    );
  }

  return (
    <li className="flex gap-3 px-4 py-3 sm:px-5" aria-busy={isBusy}>
      <input
        type="checkbox"
        checked={wantedCompletion ?? task.completed}
        aria-labelledby={titleId}
        onChange={({ target: { checked } }) => complete(checked)}
        className="mt-2 size-5 shrink-0 accent-accent"
      />
      <div className="min-w-0 flex-1 sm:flex sm:items-start sm:gap-4">
        <div className="min-w-0 flex-1">
          <p
            id={titleId}
            className={`mt-1.5 leading-normal ${task.completed ? "text-quiet line-through" : ""}`}
          >
            {task.title}
          </p>
          {task.description !== "" && (
            <p className="mt-0.5 text-body whitespace-pre-line text-quiet">{task.description}</p>
          )}
          {failure && failure.kind !== "unavailable" && (
            <p role="alert" className="mt-1 text-small text-alarm">
              {failureText(failure)}
            </p>
          )}
        </div>
        {mode === "view" ? (
          <div className="-ml-2 flex shrink-0 gap-1">
            <Action
              label="Edit"
              isBack={left === "edit"}
              titleId={titleId}
              onClick={() => enter("edit")}
            />
            <Action
              label="Delete"
              isBack={left === "delete"}
              titleId={titleId}
              onClick={() => enter("delete")}
            />
          </div>
        ) : (
          <fieldset className="-ml-2 flex shrink-0 flex-wrap items-center gap-x-1">
            <legend className="sr-only">Delete this task?</legend>
            <button
              type="button"
              ref={takeFocus}
              aria-disabled={isBusy}
              onClick={() => act(remove)}
              className={buttonStyle.alarm}
            >
              Delete for good
            </button>
            <Action label="Keep" isBack={false} titleId={titleId} onClick={() => enter("view")} />
          </fieldset>
        )}
      </div>
    </li>
  );
}

interface ActionProps {
  label: string;
  isBack: boolean;
  titleId: string;
  onClick: () => void;
}

function Action(props: ActionProps) {
  const id = useId();
  return (
    <button
      id={id}
      ref={props.isBack ? takeFocus : undefined}
      type="button"
      aria-labelledby={`${id} ${props.titleId}`}
      onClick={props.onClick}
      className={buttonStyle.quiet}
    >
      {props.label}
    </button>
  );
}
