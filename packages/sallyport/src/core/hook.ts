import { diag } from "@opentelemetry/api";

/**
 * Runs what a user hung in. Whatever becomes of it, throwing and rejecting included, changes no
 * answer: OpenTelemetry's `diag` logger alone hears of it.
 */
export async function runHook(name: string, hook: () => unknown): Promise<void> {
  try {
    await hook();
  } catch (cause) {
    diag.error(`sallyport: ${name} failed`, cause);
  }
}

/** The same for what is over when it returns: parts of OpenTelemetry that fail, fail alone. */
export function contain(name: string, call: () => void): void {
  try {
    call();
  } catch (cause) {
    diag.error(`sallyport: ${name} failed`, cause);
  }
}
