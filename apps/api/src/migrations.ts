import { sql } from "kysely";
import type { Migration } from "kysely/migration";

/** Forward only: a migration that has been released never changes. */
export const migrations: Record<string, Migration> = {
  "001_task": {
    async up(db) {
      await db.schema
        .createTable("task")
        .addColumn("id", "uuid", (column) => column.primaryKey())
        .addColumn("user_id", "text", (column) => column.notNull())
        .addColumn("title", "text", (column) =>
          column.notNull().check(sql`char_length(title) between 1 and 200`),
        )
        .addColumn("description", "text", (column) =>
          column.notNull().check(sql`char_length(description) <= 2000`),
        )
        .addColumn("completed", "boolean", (column) => column.notNull())
        // Milliseconds, as in a JavaScript Date: a cursor made from one names its row exactly.
        .addColumn("created_at", sql`timestamptz(3)`, (column) =>
          column.notNull().defaultTo(sql`now()`),
        )
        .addColumn("updated_at", sql`timestamptz(3)`, (column) =>
          column.notNull().defaultTo(sql`now()`),
        )
        .execute();
      await db.schema
        .createIndex("task_by_owner")
        .on("task")
        .columns(["user_id", "created_at desc", "id desc"])
        .execute();
    },
  },
  "002_due_and_deleted": {
    async up(db) {
      await db.schema
        .alterTable("task")
        .addColumn("due_on", "date")
        .addColumn("deleted_at", "timestamptz")
        .execute();
      // Few rows at any time: it finds those whose time to be restored is over.
      await db.schema
        .createIndex("task_by_deletion")
        .on("task")
        .column("deleted_at")
        .where("deleted_at", "is not", null)
        .execute();
    },
  },
};
