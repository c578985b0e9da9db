import { type Generated, type Kysely, type Selectable, sql } from "kysely";
import { validate as isUuid, v7 as uuidv7 } from "uuid";
import type { NewTask, Task, TaskChanges, TaskPage, TaskQuery } from "./task.ts";
import { encodeCursor, type TaskPosition } from "./task-cursor.ts";

export interface TaskDatabase {
  task: TaskTable;
}

interface TaskTable {
  id: string;
  user_id: string;
  title: string;
  description: string;
  completed: boolean;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
}

export interface TaskListing extends Pick<TaskQuery, "status" | "limit"> {
  /** List what comes after this place. */
  after: TaskPosition | null;
}

/** The tasks of one user at a time: every method takes the owner, and every query is bound to it. */
export type TaskRepository = ReturnType<typeof createTaskRepository>;

export function createTaskRepository(db: Kysely<TaskDatabase>) {
  return {
    /** Newest first. */
    async list(userId: string, { status, limit, after }: TaskListing): Promise<TaskPage> {
      let query = db
        .selectFrom("task")
        .selectAll()
        .where("user_id", "=", userId)
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (status !== "all") query = query.where("completed", "=", status === "completed");
      if (after !== null) {
        query = query.where((eb) =>
          eb(eb.refTuple("created_at", "id"), "<", eb.tuple(after.createdAt, after.id)),
        );
      }
      const rows = await query.execute();
      const page = rows.slice(0, limit);
      const last = rows.length > limit ? page.at(-1) : undefined;
      return {
        tasks: page.map(toTask),
        next_cursor: last ? encodeCursor({ createdAt: last.created_at, id: last.id }) : null,
      };
    },

    async create(userId: string, fields: NewTask): Promise<Task> {
      const row = await db
        .insertInto("task")
        .values({ id: uuidv7(), user_id: userId, ...fields })
        .returningAll()
        .executeTakeFirstOrThrow();
      return toTask(row);
    },

    async find(userId: string, id: string): Promise<Task | null> {
      if (!isUuid(id)) return null;
      const row = await db
        .selectFrom("task")
        .selectAll()
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .executeTakeFirst();
      return row ? toTask(row) : null;
    },

    async update(userId: string, id: string, changes: TaskChanges): Promise<Task | null> {
      if (!isUuid(id)) return null;
      const row = await db
        .updateTable("task")
        .set({ ...changes, updated_at: sql`now()` })
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .returningAll()
        .executeTakeFirst();
      return row ? toTask(row) : null;
    },

    /** Whether there was such a task. */
    async delete(userId: string, id: string): Promise<boolean> {
      if (!isUuid(id)) return false;
      const row = await db
        .deleteFrom("task")
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .returning("id")
        .executeTakeFirst();
      return row !== undefined;
    },
  };
}

function toTask({ user_id, created_at, updated_at, ...fields }: Selectable<TaskTable>): Task {
  return {
    ...fields,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
