import { readAuthSecret } from "./auth-secret.ts";
import { buildLibrary } from "./build.ts";
import { LaunchError } from "./launch-error.ts";
import { readSettings } from "./settings.ts";

try {
  const { env, dataDir } = readSettings();
  const secret = readAuthSecret(env, dataDir);
  await buildLibrary();
  const { deriveServiceKey } = await import("sallyport/better-auth");
  console.log(deriveServiceKey(secret));
} catch (error) {
  console.error(error instanceof LaunchError ? error.message : error);
  process.exitCode = 1;
}
