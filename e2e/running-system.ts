import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePorts } from "../scripts/port.ts";
import { startSystem } from "../scripts/system.ts";

/** The whole system as `npm start` runs it, on free ports and a data folder of its own. */
export async function startTestSystem(env: NodeJS.ProcessEnv = {}) {
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

export type TestSystem = Awaited<ReturnType<typeof startTestSystem>>;
