import * as z from "zod";

/** A session with its user, as storage has them now. */
export interface StoredSession {
  id: string;
  token: string;
  expiresAt: Date;
  user: { id: string; email: string | null; name: string | null; banned: boolean };
}

/**
 * Reads storage, in reads that begin after the call. A token without a session has none in the
 * result; sessions that have expired may be among it. Rejects when storage cannot say.
 */
export type ReadSessions = (tokens: readonly string[]) => Promise<StoredSession[]>;

// A database can number its rows (`generateId: "serial"`); Better Auth gives ids out as texts.
const id = z.union([z.string().min(1), z.number(), z.bigint()]).transform(String);

export const sessionRow = z.object({
  id,
  token: z.string(),
  userId: id,
  expiresAt: z.coerce.date(),
});

/**
 * What users choose of themselves. Storage may keep any value that they send, and of any length;
 * whatever it is, it is to keep nobody else out, and a batch's answer within its bound.
 */
const chosenText = z
  .string()
  .max(500)
  .nullish()
  .transform((text) => text ?? null)
  .catch(null);

export const userRow = z.object({
  id,
  email: chosenText,
  name: chosenText,
  /** Of the admin plugin. */
  banned: z
    .boolean()
    .nullish()
    .transform((banned) => banned === true),
});
