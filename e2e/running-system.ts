import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { freePorts } from "../scripts/port.ts";
import type { ServerProcess } from "../scripts/server-process.ts";
import { type System, startSystem } from "../scripts/system.ts";
import { startTopology } from "./scaled/topology.ts";

/** `npm run scaled` sets it: each system is then several instances behind a proxy. */
const isScaled = process.env.SALLYPORT_TEST_SCALED === "1";

export type TestSystem = System;

/** The whole system for one test file, with a database and folder of its own. */
export function startTestSystem(env: NodeJS.ProcessEnv = {}): Promise<TestSystem> {
  return isScaled ? startScaledSystem(env) : startSystemOnPorts(env);
}

/** As `npm start` runs it, on free ports. */
async function startSystemOnPorts(env: NodeJS.ProcessEnv): Promise<TestSystem> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-e2e-"));
  const [webPort = 0, apiPort = 0] = await freePorts(2);
  const system = await startSystem({
    mode: "start",
    webPort,
    apiPort,
    dataDir: join(folder, "data"),
    env: { PATH: process.env.PATH, ...env },
    onDeath: (line) => {
      throw new Error(line);
    },
  });
  return {
    ...system,
    async stop() {
      await system.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function startScaledSystem(env: NodeJS.ProcessEnv): Promise<TestSystem> {
  const { webUrl, apiUrl, logsFolder, web, api, stop } = await startTopology({ env });
  return {
    webUrl,
    apiUrl,
    logsFolder,
    web: together(web, `${webUrl}/healthz`),
    api: together(api, `${apiUrl}/openapi.json`),
    stop,
  };
}

/** All instances as one server, which is ready when the proxy has seen that they are. */
function together(instances: ServerProcess[], url: string): ServerProcess {
  const all = async (act: (instance: ServerProcess) => Promise<void>) => {
    await Promise.all(instances.map(act));
  };
  return {
    async start(signal) {
      await all((instance) => instance.start(signal));
      while (!(await fetch(url)).ok) await setTimeout(50);
    },
    stop: () => all((instance) => instance.stop()),
    kill: () => all((instance) => instance.kill()),
  };
}
