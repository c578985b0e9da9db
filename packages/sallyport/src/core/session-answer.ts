import * as z from "zod";
import type { AuthenticatedUser } from "./auth-result.ts";
import { parseJson, Unusable } from "./authority-answer.ts";

/** What `GET /get-session` said of one session token. */
export type SessionAnswer =
  | { kind: "session"; user: AuthenticatedUser; expiresAt: Date }
  | { kind: "none" };

const sessionBody = z.object({
  session: z.object({ token: z.string(), userId: z.string(), expiresAt: z.iso.datetime() }),
  user: z.object({
    id: z.string().min(1),
    email: z.string().nullish(),
    name: z.string().nullish(),
    banned: z.boolean().nullish(),
  }),
});

const refusalBody = z.object({
  code: z.enum(["UNAUTHORIZED", "FAILED_TO_GET_SESSION", "session_invalid"]),
});

/**
 * Better Auth says "no such session" as 200 `null` or as 401 with its own code, and "this is the
 * session" as 200 with a body that names the token that was asked for. All else is no answer.
 */
export function readSessionAnswer(
  status: number,
  text: string,
  token: string,
): SessionAnswer | Unusable {
  const body = parseJson(text);
  if (status === 401 && refusalBody.safeParse(body).success) return { kind: "none" };
  if (status !== 200) return new Unusable(`status ${status}`);
  if (body === null) return { kind: "none" };

  const parsed = sessionBody.safeParse(body);
  if (!parsed.success) return new Unusable("a body that is no session");
  const { session, user } = parsed.data;
  if (session.token !== token) return new Unusable("another session's token");
  if (session.userId !== user.id) return new Unusable("a session of another user");
  const expiresAt = new Date(session.expiresAt);
  if (expiresAt.getTime() <= Date.now()) return new Unusable("a session that has expired");
  if (user.banned === true) return { kind: "none" };
  return {
    kind: "session",
    user: { userId: user.id, email: user.email ?? null, name: user.name ?? null },
    expiresAt,
  };
}
