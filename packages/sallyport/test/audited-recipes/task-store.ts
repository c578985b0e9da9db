import { randomUUID } from "node:crypto";

interface Task {
  id: string;
  title: string;
}

const maxTitleLength = 1_000;

/** Tasks in memory, each bound to its owner: what is audited is the way to them. */
export function createTaskStore() {
  const tasksOf = new Map<string, Map<string, Task>>();
  const of = (owner: string) => tasksOf.get(owner) ?? new Map<string, Task>();
  return {
    list: (owner: string) => [...of(owner).values()],
    find: (owner: string, id: string) => of(owner).get(id),
    /** Undefined for a title that is none. */
    write(owner: string, body: unknown, id: string = randomUUID()): Task | undefined {
      const title = typeof body === "object" && body !== null ? Reflect.get(body, "title") : "";
      if (typeof title !== "string" || title === "" || title.length > maxTitleLength)
        return undefined;
      const task = { id, title };
      tasksOf.set(owner, of(owner).set(id, task));
      return task;
    },
    remove: (owner: string, id: string) => of(owner).delete(id),
  };
}

/** What every recipe is given. */
export interface Surroundings {
  authUrl: string;
  secret: string;
  issuer: string;
  audience: string;
}
