import type { Task, TaskDraft, TaskPage } from "./task.ts";

/** What a person does to the list. */
export type TaskChange =
  /** `id` and `created_at` are the page's own, until the api gives others. */
  | { kind: "add"; task: Task }
  | { kind: "edit"; id: string; draft: Partial<TaskDraft> }
  | { kind: "complete"; id: string; completed: boolean }
  | { kind: "delete"; id: string }
  | { kind: "restore"; task: Task };

const provisionalId = "provisional ";

/** As the list shows it until the api has made it: above all others. */
export function provisionalTask(draft: TaskDraft): Task {
  return {
    ...draft,
    id: provisionalId + crypto.randomUUID(),
    completed: false,
    created_at: new Date(8.64e15).toISOString(),
  };
}

/** Whether the api does not know it yet, so that nothing can be done with it. */
export function isProvisional({ id }: Task): boolean {
  return id.startsWith(provisionalId);
}

/** The tasks as they will be once the api has made these changes. */
export function withChanges(tasks: readonly Task[], changes: readonly TaskChange[]): Task[] {
  return changes.reduce(withChange, [...tasks]);
}

function withChange(tasks: Task[], change: TaskChange): Task[] {
  switch (change.kind) {
    case "add":
    case "restore":
      return withTask(tasks, change.task);
    case "edit":
      return tasks.map((task) => (task.id === change.id ? { ...task, ...change.draft } : task));
    case "complete":
      return tasks.map((task) =>
        task.id === change.id ? { ...task, completed: change.completed } : task,
      );
    case "delete":
      return tasks.filter(({ id }) => id !== change.id);
  }
}

/** In its place: the newest come first. */
function withTask(tasks: readonly Task[], task: Task): Task[] {
  const others = tasks.filter(({ id }) => id !== task.id);
  const next = others.findIndex((other) => isNewer(task, other));
  return others.toSpliced(next === -1 ? others.length : next, 0, task);
}

/** Pages with what the api says that a task is now; with undefined, it is in none of them. */
export function withAnswer(
  pages: readonly TaskPage[],
  id: string,
  answer: Task | undefined,
): TaskPage[] {
  const others = pages.map((page) => ({
    ...page,
    tasks: page.tasks.filter((task) => task.id !== id),
  }));
  if (answer === undefined) return others;
  // What is older than all that is loaded comes with a later page.
  const place = others.findIndex(
    ({ tasks, next_cursor }) => next_cursor === null || tasks.some((task) => isNewer(answer, task)),
  );
  return others.map((page, index) =>
    index === place ? { ...page, tasks: withTask(page.tasks, answer) } : page,
  );
}

/** The api's own order: by time, then by id. */
function isNewer(one: Task, other: Task): boolean {
  const [a, b] = [one, other].map(({ created_at }) => Date.parse(created_at));
  return a === b ? one.id > other.id : Number(a) > Number(b);
}
