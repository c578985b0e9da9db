import { join } from "node:path";
import { provideProgram } from "../../scripts/debian-package.ts";
import { rootFolder } from "../../scripts/root-folder.ts";
import { createDaemon, type Daemon } from "./daemon.ts";

const caddyfile = join(rootFolder, "deploy/Caddyfile");

export interface ProxyOptions {
  /** Loopback ports: of the one origin, and of the address where the api asks Better Auth. */
  port: number;
  internalPort: number;
  webPorts: number[];
  apiPorts: number[];
  /** Where it keeps what it makes, its certificates among it. */
  folder: string;
}

/** Caddy with the file that deployments use. */
export function createProxy(options: ProxyOptions): Daemon {
  const { port, internalPort, webPorts, apiPorts, folder } = options;
  const instances = (ports: number[]) => ports.map((own) => `127.0.0.1:${own}`).join(" ");
  return createDaemon({
    name: "Caddy",
    command: [provideProgram("caddy"), "run", "--config", caddyfile, "--adapter", "caddyfile"],
    env: {
      XDG_DATA_HOME: folder,
      XDG_CONFIG_HOME: folder,
      SITE_ADDRESS: `http://localhost:${port}`,
      INTERNAL_ADDRESS: `http://127.0.0.1:${internalPort}`,
      LISTEN_ADDRESS: "127.0.0.1",
      WEB_INSTANCES: instances(webPorts),
      API_INSTANCES: instances(apiPorts),
    },
    readyLine: "serving initial configuration",
    signals: { stop: "SIGTERM", kill: "SIGKILL" },
  });
}
