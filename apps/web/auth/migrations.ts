import { type CreateTableBuilder, sql } from "kysely";
import type { Migration } from "kysely/migration";

/**
 * Better Auth's tables, as its own `getMigrations` would create them.
 * Forward only: a migration that has been released never changes.
 */
export const migrations: Record<string, Migration> = {
  "001_better_auth": {
    async up(db) {
      await db.schema
        .createTable("user")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("name", "text", (column) => column.notNull())
        .addColumn("email", "text", (column) => column.notNull().unique())
        .addColumn("emailVerified", "boolean", (column) => column.notNull())
        .addColumn("image", "text")
        .$call(withCreatedAt)
        .addColumn("updatedAt", "timestamptz", (column) =>
          column.notNull().defaultTo(currentTimestamp),
        )
        .execute();
      await db.schema
        .createTable("session")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("expiresAt", "timestamptz", (column) => column.notNull())
        .addColumn("token", "text", (column) => column.notNull().unique())
        .addColumn("ipAddress", "text")
        .addColumn("userAgent", "text")
        .addColumn("userId", "text", (column) =>
          column.notNull().references("user.id").onDelete("cascade"),
        )
        .$call(withCreatedAt)
        .addColumn("updatedAt", "timestamptz", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("account")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("accountId", "text", (column) => column.notNull())
        .addColumn("providerId", "text", (column) => column.notNull())
        .addColumn("userId", "text", (column) =>
          column.notNull().references("user.id").onDelete("cascade"),
        )
        .addColumn("accessToken", "text")
        .addColumn("refreshToken", "text")
        .addColumn("idToken", "text")
        .addColumn("accessTokenExpiresAt", "timestamptz")
        .addColumn("refreshTokenExpiresAt", "timestamptz")
        .addColumn("scope", "text")
        .addColumn("password", "text")
        .$call(withCreatedAt)
        .addColumn("updatedAt", "timestamptz", (column) => column.notNull())
        .execute();
      await db.schema
        .createTable("verification")
        .addColumn("id", "text", (column) => column.primaryKey())
        .addColumn("identifier", "text", (column) => column.notNull())
        .addColumn("value", "text", (column) => column.notNull())
        .addColumn("expiresAt", "timestamptz", (column) => column.notNull())
        .$call(withCreatedAt)
        .addColumn("updatedAt", "timestamptz", (column) =>
          column.notNull().defaultTo(currentTimestamp),
        )
        .execute();
      for (const [table, column] of [
        ["session", "userId"],
        ["account", "userId"],
        ["verification", "identifier"],
      ] as const) {
        await db.schema.createIndex(`${table}_${column}_idx`).on(table).column(column).execute();
      }
    },
  },
};

const currentTimestamp = sql`CURRENT_TIMESTAMP`;

function withCreatedAt<Table extends string>(table: CreateTableBuilder<Table>) {
  return table.addColumn("createdAt", "timestamptz", (column) =>
    column.notNull().defaultTo(currentTimestamp),
  );
}
