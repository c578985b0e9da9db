/** One JSON line for each event. No field holds a header, a query or a body. */
export type Log = (level: "info" | "warn" | "error", event: string, fields?: object) => void;

export function createLog(write: (line: string) => void): Log {
  return (level, event, fields = {}) =>
    write(`${JSON.stringify({ time: new Date().toISOString(), level, event, ...fields })}\n`);
}

/** What went wrong, and under it: the messages alone. */
export function causeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const under = causeOf(error.cause);
  return under === undefined ? error.message : `${error.message}: ${under}`;
}
