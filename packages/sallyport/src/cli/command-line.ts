import { type ParseArgsConfig, parseArgs } from "node:util";
import { UsageError } from "./usage-error.ts";

/** What the arguments say. Throws a `UsageError` on an option that is none of these. */
export function parseCommandLine<const Options extends NonNullable<ParseArgsConfig["options"]>>(
  args: readonly string[],
  options: Options,
) {
  try {
    return parseArgs({ args: [...args], options }).values;
  } catch (error) {
    // The first sentence; the others are about positional arguments, which there are none of.
    const message = error instanceof Error ? error.message : String(error);
    throw new UsageError(message.split(/\. |\n/, 1)[0] ?? "", { cause: error });
  }
}

/** Whether it is an address of HTTP, without credentials, query and fragment. */
export function isHttpAddress(value: string): boolean {
  return /^https?:\/\/[^?#@]+$/.test(URL.parse(value)?.href ?? "");
}
