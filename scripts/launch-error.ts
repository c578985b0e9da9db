/** A failure that a person can mend: its message is the one line they are shown. */
export class LaunchError extends Error {
  override name = "LaunchError";
}
