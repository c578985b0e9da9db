import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { apiKeys } from "../../scripts/api-keys.ts";
import { buildLibrary, buildWeb } from "../../scripts/build.ts";
import { freePorts } from "../../scripts/port.ts";
import { createServerProcess, type ServerProcess } from "../../scripts/server-process.ts";
import { startTestRedis, type TestRedis } from "../../scripts/test-redis.ts";
import type { Daemon } from "./daemon.ts";
import { type Postgres, startPostgres } from "./postgres.ts";
import { createProxy } from "./proxy.ts";

const instancesOfEach = 2;
const secretOfTests = "a-secret-of-this-topology-alone-0123456789";

export interface TopologyOptions {
  /** Settings of all servers. */
  env?: NodeJS.ProcessEnv;
  /** Where the api asks Better Auth; at the proxy's internal address if it is not said. */
  authUrl?(proxy: { origin: string; internalUrl: string }): string;
}

/** An instance of web or api. */
interface Instance extends ServerProcess {
  /** Its own address, past the proxy. */
  url: string;
}

export interface Topology {
  /** The one address of everything; `webUrl` and `apiUrl` are the same, in the terms of the tests. */
  origin: string;
  webUrl: string;
  apiUrl: string;
  web: Instance[];
  api: Instance[];
  /** Each of these can be stopped and started again; what it acknowledged is kept by PostgreSQL. */
  postgres: Postgres;
  redis: TestRedis;
  proxy: Daemon;
  /** `web.log` and `api.log`, each of all instances. */
  logsFolder: string;
  /** Stops and removes everything. */
  stop(): Promise<void>;
}

/**
 * Two web and two api instances on one PostgreSQL and one Redis, behind Caddy with the
 * configuration of deployments: what deploy/compose.yaml starts, on loopback and without
 * containers.
 */
export async function startTopology(options: TopologyOptions = {}): Promise<Topology> {
  const { authUrl = ({ internalUrl }) => internalUrl } = options;
  await buildLibrary();
  await buildWeb();
  const folder = await mkdtemp(join(tmpdir(), "sallyport-scaled-"));
  const logsFolder = join(folder, "logs");
  await mkdir(logsFolder);
  const undo: (() => Promise<void>)[] = [() => rm(folder, { recursive: true, force: true })];
  const stop = async () => {
    for (const step of undo.splice(0).reverse()) await step();
  };

  try {
    const [postgres, redis] = await Promise.all([startPostgres(), startTestRedis()]);
    undo.push(postgres.remove, redis.kill);
    const [port = 0, internalPort = 0, ...ports] = await freePorts(2 + 2 * instancesOfEach);
    const webPorts = ports.slice(0, instancesOfEach);
    const apiPorts = ports.slice(instancesOfEach);
    const origin = `http://localhost:${port}`;
    const proxy = createProxy({ port, internalPort, webPorts, apiPorts, folder });

    const env: NodeJS.ProcessEnv = {
      PATH: process.env.PATH,
      HOST: "127.0.0.1",
      DATABASE_URL: postgres.url,
      REDIS_URL: redis.url,
      TRUSTED_PROXIES: "127.0.0.1",
      ...options.env,
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      DATA_DIR: folder,
      BETTER_AUTH_URL: origin,
      API_URL: origin,
      AUTH_INTERNAL_URL: authUrl({ origin, internalUrl: `http://127.0.0.1:${internalPort}` }),
    };
    const { BETTER_AUTH_SECRET = secretOfTests, ...shared } = env;
    const instance = (
      name: "web" | "api",
      entry: string,
      own: NodeJS.ProcessEnv,
      url: string,
    ): Instance => ({
      ...createServerProcess({
        name,
        entry,
        readyUrl: `${url}/readyz`,
        env: { ...shared, ...own },
        output: { logFile: join(logsFolder, `${name}.log`) },
        onDeath(line) {
          throw new Error(line);
        },
      }),
      url,
    });
    const web = webPorts.map((own) =>
      instance(
        "web",
        "apps/web/server.ts",
        { WEB_PORT: `${own}`, BETTER_AUTH_SECRET },
        `http://127.0.0.1:${own}`,
      ),
    );
    const keys = await apiKeys(BETTER_AUTH_SECRET, shared);
    const api = apiPorts.map((own) =>
      instance(
        "api",
        "apps/api/src/server.ts",
        { API_PORT: `${own}`, ...keys },
        `http://127.0.0.1:${own}`,
      ),
    );

    const servers = [...web, ...api];
    undo.push(async () => {
      await Promise.all(servers.map((server) => server.stop()));
    });
    // All at once, on an empty database: so migrations have to run once.
    await Promise.all(servers.map((server) => server.start()));
    undo.push(proxy.kill);
    await proxy.start();
    return {
      origin,
      webUrl: origin,
      apiUrl: origin,
      web,
      api,
      postgres,
      redis,
      proxy,
      logsFolder,
      stop,
    };
  } catch (error) {
    await stop();
    throw error;
  }
}
