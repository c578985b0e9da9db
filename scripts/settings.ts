import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

export interface Settings {
  webPort: number;
  apiPort: number;
  dataDir: string;
  /** The caller's environment, `.env` included. */
  env: NodeJS.ProcessEnv;
}

/** Reads the environment; variables that are set there win over the optional `.env` file. */
export function readSettings(): Settings {
  const envFile = join(rootFolder, ".env");
  if (existsSync(envFile)) {
    process.loadEnvFile(envFile);
  }
  const { env } = process;
  const webPort = readPort(env, "WEB_PORT", 3000);
  const apiPort = readPort(env, "API_PORT", 8000);
  if (webPort === apiPort) {
    throw new LaunchError(`WEB_PORT and API_PORT are both ${webPort}: they must differ.`);
  }
  return { webPort, apiPort, dataDir: resolve(rootFolder, env.DATA_DIR || ".data"), env };
}

function readPort(env: NodeJS.ProcessEnv, variable: string, fallback: number): number {
  const text = env[variable];
  if (!text) {
    return fallback;
  }
  const port = Number(text);
  if (!/^\d+$/.test(text) || port < 1 || port > 65_535) {
    throw new LaunchError(`${variable} must be a port number (1 to 65535), found "${text}".`);
  }
  return port;
}
