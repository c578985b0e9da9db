import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { provideProgram } from "../../scripts/debian-package.ts";
import { freePorts } from "../../scripts/port.ts";
import { rootFolder } from "../../scripts/root-folder.ts";
import { createDaemon } from "../scaled/daemon.ts";

const recipe = (name: string) => join(rootFolder, "examples/gateway", name);

export interface Ports {
  proxy: number;
  betterAuth: number;
  gateway: number;
  backend: number;
}

const signals = { stop: "SIGTERM", kill: "SIGKILL" } as const;

/** The proxies with a recipe in examples/gateway, each run with that very file. */
const daemons = {
  nginx(ports: Ports, folder: string) {
    const settled = readFileSync(recipe("nginx.conf"), "utf8")
      .replaceAll("127.0.0.1:8080", `127.0.0.1:${ports.proxy}`)
      .replaceAll("127.0.0.1:3000", `127.0.0.1:${ports.betterAuth}`)
      .replaceAll("127.0.0.1:4180", `127.0.0.1:${ports.gateway}`)
      .replaceAll("127.0.0.1:9000", `127.0.0.1:${ports.backend}`);
    const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map(
      (name) => `${name}_temp_path ${folder}/${name};`,
    );
    const config = `
      daemon off;
      master_process off;
      pid ${folder}/nginx.pid;
      error_log stderr notice;
      events {}
      http {
        access_log off;
        ${temporary.join("\n")}
        ${settled}
      }`;
    writeFileSync(join(folder, "nginx.conf"), config);
    return createDaemon({
      name: "nginx",
      command: [provideProgram("nginx"), "-c", join(folder, "nginx.conf"), "-e", "stderr"],
      readyLine: "getrlimit",
      signals,
    });
  },
  caddy(ports: Ports, folder: string) {
    return createDaemon({
      name: "Caddy",
      command: [provideProgram("caddy"), "run", "--config", recipe("Caddyfile")],
      env: {
        XDG_DATA_HOME: folder,
        XDG_CONFIG_HOME: folder,
        SITE_ADDRESS: `http://127.0.0.1:${ports.proxy}`,
        BETTER_AUTH: `127.0.0.1:${ports.betterAuth}`,
        GATEWAY: `127.0.0.1:${ports.gateway}`,
        BACKEND: `127.0.0.1:${ports.backend}`,
      },
      readyLine: "serving initial configuration",
      signals,
    });
  },
};

export type ProxyName = keyof typeof daemons;
export const proxyNames: readonly ProxyName[] = ["nginx", "caddy"];

export async function startProxy(name: ProxyName, ports: Omit<Ports, "proxy">) {
  const [proxy = 0] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "sallyport-recipe-"));
  const daemon = daemons[name]({ ...ports, proxy }, folder);
  await daemon.start();
  return {
    port: proxy,
    origin: `http://127.0.0.1:${proxy}`,
    async stop() {
      await daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
