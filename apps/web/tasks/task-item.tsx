"use client";

import { memo, type RefObject, useEffect, useId, useRef, useState } from "react";
import { buttonStyle } from "../ui/button-style.ts";
import { takeFocus } from "../ui/take-focus.ts";
import { DueDate } from "./due-date.tsx";
import { EditTask } from "./edit-task.tsx";
import type { KeptDrafts } from "./kept-drafts.ts";
import type { Task, TaskDraft } from "./task.ts";
import { isProvisional } from "./task-changes.ts";
import { failureText, type TaskFailure } from "./task-failure.ts";
import type { TaskFields } from "./task-fields.ts";
import { belongs, type TaskView } from "./task-view.ts";
import type { Tasks } from "./use-tasks.ts";

interface TaskItemProps {
  task: Task;
  /** Why the last change was refused. */
  failure: TaskFailure | undefined;
  isPending: boolean;
  today: string;
  view: TaskView;
  drafts: KeptDrafts;
  /** As they are when something is done with them. */
  tasks: RefObject<Tasks>;
  /** Called with the element of an item that is about to leave the list, to lead the focus on. */
  onLeave: (item: HTMLLIElement | null) => void;
}

/** Rendered when what it shows changes: a list has thousands. */
export const TaskItem = memo(function TaskItem(props: TaskItemProps) {
  const { task, failure, isPending, today, view, drafts, tasks, onLeave } = props;
  const titleId = useId();
  const item = useRef<HTMLLIElement>(null);
  const [isEdited, setIsEdited] = useState(false);
  /** Back from the form, the keyboard is where it was. */
  const [isBack, setIsBack] = useState(false);

  // Not in the first rendering, which is the server's: only the browser has drafts.
  useEffect(() => {
    if (drafts.get(task.id)) setIsEdited(true);
  }, [drafts, task.id]);

  function edit() {
    tasks.current.forgetFailure(task.id);
    setIsEdited(true);
  }

  async function save(fields: TaskFields, changes: Partial<TaskDraft>) {
    const stays = belongs({ ...task, ...changes }, view, today);
    setIsEdited(false);
    setIsBack(stays);
    if (!stays) onLeave(item.current);
    if (Object.keys(changes).length === 0) {
      drafts.drop(task.id);
      return;
    }
    // Until the api has it.
    drafts.keep(task.id, fields);
    const failed = await tasks.current.edit(task, changes, () => void save(fields, changes));
    if (failed) setIsEdited(true);
    else drafts.drop(task.id);
  }

  function complete(completed: boolean) {
    if (!belongs({ ...task, completed }, view, today)) onLeave(item.current);
    void tasks.current.complete(task, completed, () => complete(completed));
  }

  function remove() {
    onLeave(item.current);
    void tasks.current.delete(task, remove);
  }

  if (isEdited) {
    return (
      <li ref={item} className="p-4 sm:p-5">
        <EditTask
          task={task}
          drafts={drafts}
          failure={failure}
          onSubmit={(fields, changes) => void save(fields, changes)}
          onCancel={() => {
            drafts.drop(task.id);
            tasks.current.forgetFailure(task.id);
            setIsEdited(false);
            setIsBack(true);
          }}
        />
      </li>
    );
  }

  return (
    <li ref={item} className="flex gap-3 px-4 py-3 sm:px-5" aria-busy={isPending}>
      <input
        type="checkbox"
        checked={task.completed}
        disabled={isProvisional(task)}
        aria-labelledby={titleId}
        aria-keyshortcuts="Space Enter Delete ArrowUp ArrowDown"
        onChange={({ target: { checked } }) => complete(checked)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" && event.key !== "Delete") return;
          // Else the form that opens would be sent by the key that opened it.
          event.preventDefault();
          // A key that is held down would go on to the next task.
          if (event.repeat) return;
          if (event.key === "Enter") edit();
          else remove();
        }}
        className="mt-2 size-5 shrink-0 accent-accent"
      />
      <div className="min-w-0 flex-1 sm:flex sm:items-start sm:gap-4">
        <div className="min-w-0 flex-1">
          {/* Twice on the words is a shortcut to the button "Edit". */}
          <p
            id={titleId}
            onDoubleClick={edit}
            className={`mt-1.5 leading-normal ${task.completed ? "text-quiet line-through" : ""}`}
          >
            {task.title}
          </p>
          {task.description !== "" && (
            <p className="mt-0.5 text-body whitespace-pre-line text-quiet">{task.description}</p>
          )}
          {task.due_on !== null && (
            <DueDate dueOn={task.due_on} today={today} isCompleted={task.completed} />
          )}
          {failure && failure.kind !== "unavailable" && (
            <p role="alert" className="mt-1 text-small text-alarm">
              {failureText(failure)}
            </p>
          )}
        </div>
        <div className={`-ml-2 flex shrink-0 gap-1 ${isProvisional(task) ? "invisible" : ""}`}>
          <Action label="Edit" isBack={isBack} titleId={titleId} onClick={edit} />
          <Action label="Delete" titleId={titleId} onClick={remove} />
        </div>
      </div>
    </li>
  );
});

interface ActionProps {
  label: string;
  isBack?: boolean;
  titleId: string;
  onClick: () => void;
}

function Action({ label, isBack = false, titleId, onClick }: ActionProps) {
  const id = useId();
  return (
    <button
      id={id}
      ref={isBack ? takeFocus : undefined}
      type="button"
      aria-labelledby={`${id} ${titleId}`}
      onClick={onClick}
      className={buttonStyle.quiet}
    >
      {label}
    </button>
  );
}
