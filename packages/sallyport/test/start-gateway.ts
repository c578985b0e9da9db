import { once } from "node:events";
import type { AddressInfo } from "node:net";
import type { TestContext } from "node:test";
import { createGateway } from "../src/cli/gateway/gateway.ts";
import { createLog } from "../src/cli/gateway/log.ts";
import { readGatewayConfig } from "../src/cli/gateway/options.ts";
import { patientMs } from "./auth-server.ts";

/** A gateway on a free loopback port, and the lines that it logs. */
export async function startGateway(t: TestContext, args: string[], env: NodeJS.ProcessEnv = {}) {
  const config = readGatewayConfig(["--deadline-ms", String(patientMs), ...args], env);
  if (config === undefined) throw new Error("it shows its help");
  const lines: string[] = [];
  const log = createLog((line) => lines.push(line));
  const { server, close } = await createGateway(config, { log, isStopping: () => false });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  t.after(async () => {
    server.closeAllConnections();
    server.close();
    await close();
  });
  const { port } = server.address() as AddressInfo;
  return { port, origin: `http://127.0.0.1:${port}`, lines };
}
