import type { BetterAuthOptions } from "better-auth";
import * as z from "zod";
import type { LookUpContext } from "./look-up.ts";
import { type ReadSessions, sessionRow, userRow } from "./stored-session.ts";

/** Runs one statement with parameters and gives its rows. */
type RunStatement = (statement: string, parameters: readonly unknown[]) => Promise<unknown[]>;

interface Postgres {
  run: RunStatement;
  /** In front of the tables' names; undefined for what the connection's search path says. */
  schemaName: string | undefined;
}

const { email, name, banned } = userRow.shape;
const joinedRows = z.array(z.object({ ...sessionRow.shape, email, name, banned }));

/** One join, however many tokens, of the columns that are needed; undefined if it is no PostgreSQL. */
export function postgresSessions({
  options,
  tables,
}: Pick<LookUpContext, "options" | "tables">): ReadSessions | undefined {
  const postgres = postgresOf(options.database);
  if (postgres === undefined) return undefined;
  const statement = joinStatement(tables, postgres.schemaName);

  return async (tokens) => {
    const rows = joinedRows.parse(await postgres.run(statement, [tokens]));
    return rows.map(({ userId, email, name, banned, ...session }) => ({
      ...session,
      user: { id: userId, email, name, banned },
    }));
  };
}

/**
 * A pool or a Kysely of Better Auth's own. A Kysely with plugins may write names otherwise than
 * Better Auth's schema has them; what a dialect opens is not known before it is opened.
 */
function postgresOf(database: BetterAuthOptions["database"]): Postgres | undefined {
  if (typeof database !== "object") return undefined;
  if ("db" in database) {
    const { db, type, schemaName } = database;
    if (type !== "postgres" || db.getExecutor().plugins.length > 0) return undefined;
    return {
      schemaName,
      async run(sql, parameters) {
        const query = { kind: "RawNode", sqlFragments: [sql], parameters: [] } as const;
        const queryId = { queryId: "sallyport" };
        const { rows } = await db.executeQuery<unknown>({ sql, parameters, query, queryId });
        return rows;
      },
    };
  }
  if (!("connect" in database && "options" in database)) return undefined;
  return {
    schemaName: undefined,
    async run(sql, parameters) {
      const client = await database.connect();
      try {
        return (await client.query<unknown>(sql, parameters)).rows;
      } finally {
        client.release();
      }
    },
  };
}

function joinStatement(tables: LookUpContext["tables"], schemaName: string | undefined): string {
  const { session, user } = tables;
  if (session === undefined || user === undefined) {
    throw new Error("Better Auth's schema has no session or no user");
  }
  // A dot in a model's name separates its schema, as it does for Better Auth's own statements.
  const table = ({ modelName }: { modelName: string }) =>
    (schemaName === undefined || modelName.includes(".")
      ? modelName.split(".")
      : [schemaName, modelName]
    )
      .map(quote)
      .join(".");
  const sessionColumn = (field: string) => `s.${quote(session.fields[field]?.fieldName ?? field)}`;
  const userColumn = (field: string) => `u.${quote(user.fields[field]?.fieldName ?? field)}`;
  const banned = user.fields.banned === undefined ? "false" : userColumn("banned");
  return `select s.id, ${sessionColumn("token")} as token, ${sessionColumn("expiresAt")} as "expiresAt",
u.id as "userId", ${userColumn("email")} as email, ${userColumn("name")} as name, ${banned} as banned
from ${table(session)} s join ${table(user)} u on u.id = ${sessionColumn("userId")}
where ${sessionColumn("token")} = any($1)`;
}

function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
