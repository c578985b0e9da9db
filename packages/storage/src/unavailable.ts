/**
 * The database could not be reached or did not answer in time: nothing is wrong with the statement,
 * and the same one may well succeed later.
 */
export class UnavailableError extends Error {
  override name = "UnavailableError";
}

/** SQLSTATE classes and codes that speak of the server's state (PostgreSQL manual, appendix A). */
const serverTrouble = [
  "08", // connection exception
  "53", // insufficient resources: disk, memory, connections
  "57P", // the server is shutting down, starting, or dropped this connection
  "58", // system error, such as a failed read
  "40", // rolled back: serialization failure, deadlock
  "55P03", // a lock was not to be had in time
  "57014", // cancelled, as by statement_timeout
  "25006", // read-only: a standby, in the middle of a failover
];

/** Whether a failed query is an outage of the database, as opposed to a bug. */
export function isUnavailable(error: unknown): boolean {
  if (error instanceof UnavailableError) return true;
  const code = sqlState(error);
  return code !== undefined && serverTrouble.some((prefix) => code.startsWith(prefix));
}

/** What Node says of a network, or of a server on it, that may be there in a moment. */
const networkTrouble = new Set([
  "EAI_AGAIN",
  "ECONNREFUSED",
  "ECONNRESET",
  "EHOSTUNREACH",
  "ENETUNREACH",
  // A container that has not started has no name yet.
  "ENOTFOUND",
  "EPIPE",
  "ETIMEDOUT",
]);

/** PgBouncer gives one code, 08P01, to a server it cannot reach and to a mistake in the address. */
const poolerRefusal = /authentication failed|no such|does not exist|startup parameter/;

/** Whether waiting may mend it, as it never mends a wrong password or an untrusted certificate. */
export function mayPass(error: unknown): boolean {
  const cause = error instanceof UnavailableError ? error.cause : error;
  if (!(cause instanceof Error)) return false;
  if (sqlState(cause) !== undefined) {
    return isUnavailable(cause) && !poolerRefusal.test(cause.message);
  }
  return "code" in cause
    ? networkTrouble.has(String(cause.code))
    : // pg's own words for a connection that was lost or came too late; they have no code.
      /^Connection terminated|timeout/i.test(cause.message);
}

/** Whether the values of a statement were refused (data exception, integrity constraint violation). */
export function isValueRefused(error: unknown): boolean {
  return /^2[23]/.test(sqlState(error) ?? "");
}

/** The code of an error that the server itself reported. */
export function sqlState(error: unknown): string | undefined {
  return error instanceof Error &&
    "severity" in error &&
    "code" in error &&
    typeof error.code === "string"
    ? error.code
    : undefined;
}
