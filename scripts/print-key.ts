import { readAuthSecret } from "./auth-secret.ts";
import { buildLibrary } from "./build.ts";
import { LaunchError } from "./launch-error.ts";
import { readSettings } from "./settings.ts";

type Library = typeof import("sallyport/better-auth");

/** Prints what `derive` makes of the secret, for an api that `npm start` does not start. */
export async function printKey(
  derive: (library: Library, secret: string, env: NodeJS.ProcessEnv) => string,
): Promise<void> {
  try {
    const { env, dataDir } = readSettings();
    const secret = readAuthSecret(env, dataDir);
    await buildLibrary();
    console.log(derive(await import("sallyport/better-auth"), secret, env));
  } catch (error) {
    console.error(error instanceof LaunchError ? error.message : error);
    process.exitCode = 1;
  }
}
