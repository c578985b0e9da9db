import { variable } from "@sallyport/server";
import { LaunchError } from "./launch-error.ts";
import { readSettings, type Settings } from "./settings.ts";

/** Runs `command` on the server at DATABASE_URL; what it cannot do is one line, and exit code 1. */
export async function runDatabaseCommand(
  name: string,
  command: (databaseUrl: string, settings: Settings) => Promise<void>,
): Promise<void> {
  try {
    const settings = readSettings();
    const { success, data } = variable.DATABASE_URL.safeParse(
      settings.env.DATABASE_URL || undefined,
    );
    if (!success || data === undefined) {
      throw new LaunchError(
        `Cannot run ${name}: DATABASE_URL must be an address such as postgresql://user:password@host:5432/database, found ${success ? "nothing" : "something else"}.`,
      );
    }
    await command(data, settings);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}
