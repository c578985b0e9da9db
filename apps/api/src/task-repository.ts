import { type ColumnType, type Generated, type Kysely, type Selection, sql } from "kysely";
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
  due_on: ColumnType<Date | null, string | null | undefined, string | null>;
  created_at: Generated<Date>;
  updated_at: Generated<Date>;
  /** Once it is set, `restore` alone finds the task. */
  deleted_at: ColumnType<Date | null, undefined, Date | null>;
}

const columns = [
  "id",
  "title",
  "description",
  "completed",
  // A driver would make it midnight in the time zone of this process.
  sql<string | null>`to_char(due_on, 'YYYY-MM-DD')`.as("due_on"),
  "created_at",
  "updated_at",
] as const;

/** For this long a deleted task can be restored. */
const undoWindow = sql`interval '10 minutes'`;

/** A deletion ends so many older ones for good, so that no single one takes long. */
const sweptAtMost = 100;

export interface TaskListing extends Omit<TaskQuery, "cursor"> {
  /** List what comes after this place. */
  after: TaskPosition | null;
}

/** The tasks of one user at a time: every method takes the owner, and every query is bound to it. */
export type TaskRepository = ReturnType<typeof createTaskRepository>;

export function createTaskRepository(db: Kysely<TaskDatabase>) {
  return {
    /** Newest first. */
    async list(userId: string, { status, today, q, limit, after }: TaskListing): Promise<TaskPage> {
      let query = db
        .selectFrom("task")
        .select(columns)
        .where("user_id", "=", userId)
        .where("deleted_at", "is", null)
        .orderBy("created_at", "desc")
        .orderBy("id", "desc")
        .limit(limit + 1);
      if (status !== "all") query = query.where("completed", "=", status === "completed");
      if (status === "overdue") {
        query = query.where("due_on", "<", dateOrUtcDate(today));
      }
      if (q) {
        query = query.where((eb) => eb.or([contains("title", q), contains("description", q)]));
      }
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
        .returning(columns)
        .executeTakeFirstOrThrow();
      return toTask(row);
    },

    async find(userId: string, id: string): Promise<Task | null> {
      if (!isUuid(id)) return null;
      const row = await db
        .selectFrom("task")
        .select(columns)
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .where("deleted_at", "is", null)
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
        .where("deleted_at", "is", null)
        .returning(columns)
        .executeTakeFirst();
      return row ? toTask(row) : null;
    },

    /**
     * Whether there was such a task. It can be restored for ten minutes; the row goes with one of
     * the deletions after that, whoever's.
     */
    async delete(userId: string, id: string): Promise<boolean> {
      if (!isUuid(id)) return false;
      const swept = db
        .selectFrom("task")
        .select("id")
        .where("deleted_at", "<", sql<Date>`now() - ${undoWindow}`)
        .orderBy("deleted_at")
        .limit(sweptAtMost)
        // It waits for nobody, and so cannot be part of a deadlock.
        .forUpdate()
        .skipLocked();
      const row = await db
        // As an array it is read once; a join might read it, and its limit, once for each row.
        .with("sweep", (db) =>
          db.deleteFrom("task").where("id", "=", sql<string>`any(array(${swept}))`),
        )
        .updateTable("task")
        .set({ deleted_at: sql`now()` })
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .where("deleted_at", "is", null)
        .returning("id")
        .executeTakeFirst();
      return row !== undefined;
    },

    /** The task as it was. One that is not deleted is left as it is, so that asking twice is safe. */
    async restore(userId: string, id: string): Promise<Task | null> {
      if (!isUuid(id)) return null;
      const row = await db
        .updateTable("task")
        .set({ deleted_at: null })
        .where("user_id", "=", userId)
        .where("id", "=", id)
        .where((eb) =>
          eb.or([
            eb("deleted_at", "is", null),
            eb("deleted_at", ">=", sql<Date>`now() - ${undoWindow}`),
          ]),
        )
        .returning(columns)
        .executeTakeFirst();
      return row ? toTask(row) : null;
    },

    /** For good, those that could be restored included. */
    async deleteAll(userId: string): Promise<void> {
      await db.deleteFrom("task").where("user_id", "=", userId).execute();
    },
  };
}

/**
 * In no letter case. The collation knows the letters of all languages, whatever the database's own
 * is; every PostgreSQL with ICU has it.
 */
function contains(column: "title" | "description", part: string) {
  const text = sql`${sql.ref(column)} collate "und-x-icu"`;
  return sql<boolean>`strpos(lower(${text}), lower(${part} collate "und-x-icu")) > 0`;
}

/** The database's clock, which gives tasks their times too. */
function dateOrUtcDate(date: string | undefined) {
  return sql<Date>`coalesce(${date ?? null}::date, (now() at time zone 'utc')::date)`;
}

type TaskRow = Selection<TaskDatabase, "task", (typeof columns)[number]>;

function toTask({ created_at, updated_at, ...fields }: TaskRow): Task {
  return {
    ...fields,
    created_at: created_at.toISOString(),
    updated_at: updated_at.toISOString(),
  };
}
