import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import * as z from "zod";
import { rootFolder } from "../../scripts/root-folder.ts";

const main = join(rootFolder, "packages/sallyport/dist/cli/main.js");
const listening = z.object({
  event: z.literal("listening"),
  address: z.object({ port: z.number() }),
});

/** `sallyport gateway`, as it is installed, on a free loopback port. */
export async function startGatewayProcess(args: string[], env: NodeJS.ProcessEnv = {}) {
  const child = spawn(process.execPath, [main, "gateway", "--port", "0", ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const lines = createInterface({ input: child.stdout });
  const [line]: unknown[] = await once(lines, "line");
  const { port } = listening.parse(JSON.parse(String(line))).address;
  return {
    port,
    origin: `http://127.0.0.1:${port}`,
    async kill() {
      const gone = once(child, "exit");
      if (child.kill("SIGKILL")) await gone;
    },
  };
}
