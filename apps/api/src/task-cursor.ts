/** The place of a task in its owner's list, which is sorted by both members. */
export interface TaskPosition {
  createdAt: Date;
  id: string;
}

/** Thirteen digits of milliseconds last until 2286: a date that the database reads, whoever wrote it. */
const position =
  /^(?<time>\d{1,13})\.(?<id>[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;

export function encodeCursor({ createdAt, id }: TaskPosition): string {
  return Buffer.from(`${createdAt.getTime()}.${id}`).toString("base64url");
}

/** Null for anything that `encodeCursor` does not write. */
export function decodeCursor(cursor: string): TaskPosition | null {
  const parts = position.exec(Buffer.from(cursor, "base64url").toString("latin1"))?.groups;
  if (!parts?.time || !parts.id) return null;
  const place = { createdAt: new Date(Number(parts.time)), id: parts.id };
  return encodeCursor(place) === cursor ? place : null;
}
