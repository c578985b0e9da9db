import { join } from "node:path";
import { apiKeys } from "./api-keys.ts";
import { readAuthSecret } from "./auth-secret.ts";
import { buildLibrary, buildWeb } from "./build.ts";
import { claimDataFolder } from "./data-folder.ts";
import { requireFreePort } from "./port.ts";
import { createServerProcess, type ServerProcess } from "./server-process.ts";
import type { Settings } from "./settings.ts";

export interface SystemOptions extends Settings {
  /** `dev` runs Next's development server and shows the servers' output on the terminal. */
  mode: "start" | "dev";
  /** Abandons the start; what already runs is stopped. */
  signal?: AbortSignal;
  /** Called when a server ends without having been told to. */
  onDeath?(line: string): void;
}

export interface System {
  /** Public addresses. */
  webUrl: string;
  apiUrl: string;
  logsFolder: string;
  web: ServerProcess;
  api: ServerProcess;
  stop(): Promise<void>;
}

/** Builds what changed, starts web and api, and resolves when both are ready. */
export async function startSystem(options: SystemOptions): Promise<System> {
  const { mode, webPort, apiPort, dataDir, env, signal, onDeath = console.error } = options;
  const dataFolder = claimDataFolder(dataDir);
  try {
    const secret = readAuthSecret(env, dataDir);
    await requireFreePort(webPort, env.HOST, "WEB_PORT");
    await requireFreePort(apiPort, env.HOST, "API_PORT");
    await buildLibrary(signal);
    if (mode === "start") {
      await buildWeb(signal);
    }

    const webUrl = env.BETTER_AUTH_URL || `http://localhost:${webPort}`;
    const apiUrl = env.API_URL || `http://localhost:${apiPort}`;
    const shared: NodeJS.ProcessEnv = {
      ...sharedVariables(env),
      NODE_ENV: mode === "dev" ? "development" : "production",
      NEXT_TELEMETRY_DISABLED: "1",
      WEB_PORT: String(webPort),
      API_PORT: String(apiPort),
      DATA_DIR: dataDir,
      BETTER_AUTH_URL: webUrl,
      API_URL: apiUrl,
    };
    const logsFolder = join(dataDir, "logs");
    const server = (
      name: "web" | "api",
      entry: string,
      port: number,
      own: NodeJS.ProcessEnv,
    ): ServerProcess =>
      createServerProcess({
        name,
        entry,
        readyUrl: `http://${reachableHost(env.HOST)}:${port}/readyz`,
        env: { ...shared, ...own },
        output: mode === "dev" ? "terminal" : { logFile: join(logsFolder, `${name}.log`) },
        onDeath,
      });
    const web = server("web", "apps/web/server.ts", webPort, { BETTER_AUTH_SECRET: secret });
    const api = server("api", "apps/api/src/server.ts", apiPort, await apiKeys(secret, env));

    const stop = async () => {
      await Promise.all([web.stop(), api.stop()]);
      dataFolder.release();
    };
    try {
      await Promise.all([web.start(signal), api.start(signal)]);
    } catch (error) {
      await Promise.all([web.stop(), api.stop()]);
      throw error;
    }
    return {
      webUrl,
      apiUrl,
      logsFolder,
      web,
      api,
      stop,
    };
  } catch (error) {
    dataFolder.release();
    throw error;
  }
}

const secrets = new Set([
  "BETTER_AUTH_SECRET",
  "BETTER_AUTH_SECRETS",
  "AUTH_SECRET",
  "SALLYPORT_SERVICE_KEY",
  "SALLYPORT_TOKEN_KEY",
]);

/** Without what each server gets for itself, and without empty variables, which count as unset. */
function sharedVariables(env: NodeJS.ProcessEnv): NodeJS.ProcessEnv {
  return Object.fromEntries(
    Object.entries(env).filter(([name, value]) => value && !secrets.has(name)),
  );
}

function reachableHost(host: string | undefined): string {
  if (!host || host === "0.0.0.0" || host === "::") {
    return "localhost";
  }
  return host.includes(":") ? `[${host}]` : host;
}
