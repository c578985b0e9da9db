import * as z from "zod";
import { parseJson, Unusable } from "./authority-answer.ts";
import type { SessionAnswer } from "./session-answer.ts";

/** This Better Auth is without the `sallyport()` plugin. */
export const noBatches = "no batches";

const batchBody = z.object({
  /** What the question had there: another's answer is none to this one. */
  batch: z.string().optional(),
  results: z.array(
    z.nullable(
      z.object({
        user: z.object({
          id: z.string().min(1),
          email: z.string().nullable(),
          name: z.string().nullable(),
        }),
        session: z.object({ expiresAt: z.iso.datetime() }),
      }),
    ),
  ),
});

/** What `POST /sallyport/sessions` said of so many sessions, in their order. */
export function readSessionsAnswer(
  status: number,
  text: string,
  asked: { batch: string; count: number },
): (SessionAnswer | Unusable)[] | typeof noBatches | Unusable {
  if (status === 404) return noBatches;
  if (status === 401) return new Unusable("status 401: it does not know this service key");
  if (status !== 200) return new Unusable(`status ${status}`);
  const parsed = batchBody.safeParse(parseJson(text));
  if (!parsed.success) return new Unusable("a body that is no list of sessions");
  const { batch = asked.batch, results } = parsed.data;
  if (batch !== asked.batch) return new Unusable("the answer to another batch");
  if (results.length !== asked.count)
    return new Unusable("another number of sessions than was asked");
  const now = Date.now();
  return results.map((result) => {
    if (result === null) return { kind: "none" };
    const expiresAt = new Date(result.session.expiresAt);
    if (expiresAt.getTime() <= now) return new Unusable("a session that has expired");
    const { id: userId, email, name } = result.user;
    return { kind: "session", user: { userId, email, name }, expiresAt };
  });
}
