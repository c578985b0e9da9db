/** A command that cannot be run as it was given; the message says what is wanted, in one line. */
export class UsageError extends Error {
  override readonly name = "UsageError";
}
