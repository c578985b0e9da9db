import type { Dialect } from "kysely";
import { UnavailableError } from "./unavailable.ts";

/** One way to reach a PostgreSQL database. */
export interface Engine {
  /** For requests: over a network, every query has a deadline. */
  dialect: Dialect;
  /** For migrations, which may take as long as they need. */
  migrationDialect: Dialect;
  /** Says in one line why the database could not be opened. */
  openingError(cause: unknown): Error;
  close(): Promise<void>;
}

/** An error's own words, or the code of those that come without any (Node's AggregateError). */
export function describeCause(cause: unknown): string {
  const error = cause instanceof UnavailableError ? (cause.cause ?? cause) : cause;
  if (!(error instanceof Error)) return String(error);
  return error.message || ("code" in error ? String(error.code) : error.name);
}
