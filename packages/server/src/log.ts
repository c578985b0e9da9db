import { type DestinationStream, type Logger, pino, stdTimeFunctions } from "pino";

export type Log = Logger;

/** JSON, a line each, on standard output. */
export function createLog(app: string, level: string, destination?: DestinationStream): Log {
  const options = { level, base: { app }, timestamp: stdTimeFunctions.isoTime };
  return destination ? pino(options, destination) : pino(options);
}

/** Names and words of a chain of errors: their other members could be anything. */
export function describeError(cause: unknown): string {
  const chain: string[] = [];
  for (let error: unknown = cause; error !== undefined && chain.length < 5; ) {
    chain.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
    error = error instanceof Error ? error.cause : undefined;
  }
  return chain.join(" < ");
}
