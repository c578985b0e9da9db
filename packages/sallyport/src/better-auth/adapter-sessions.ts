import * as z from "zod";
import type { LookUpContext } from "./look-up.ts";
import { type ReadSessions, sessionRow, userRow } from "./stored-session.ts";

const sessionRows = z.array(sessionRow);
const userRows = z.array(userRow);

/** Two queries, however many tokens: through whatever adapter Better Auth has. */
export function adapterSessions({ adapter }: Pick<LookUpContext, "adapter">): ReadSessions {
  const findAll = (model: string, field: string, values: string[]) =>
    adapter.findMany<unknown>({
      model,
      where: [{ field, operator: "in", value: values }],
      // Without one it is a hundred.
      limit: values.length,
    });

  return async (tokens) => {
    const sessions = sessionRows.parse(await findAll("session", "token", [...tokens]));
    if (sessions.length === 0) return [];
    const userIds = new Set(sessions.map(({ userId }) => userId));
    const users = userRows.parse(await findAll("user", "id", [...userIds]));
    const userOf = new Map(users.map((user) => [user.id, user]));
    return sessions.flatMap(({ userId, ...session }) => {
      const user = userOf.get(userId);
      return user === undefined ? [] : { ...session, user };
    });
  };
}

/** One by one: beside a secondary storage Better Auth keeps a list of what was revoked there. */
export function secondarySessions({
  internalAdapter,
}: Pick<LookUpContext, "internalAdapter">): ReadSessions {
  return async (tokens) => {
    const found = await Promise.all(tokens.map((token) => internalAdapter.findSession(token)));
    return found.flatMap((row) =>
      row === null ? [] : { ...sessionRow.parse(row.session), user: userRow.parse(row.user) },
    );
  };
}
