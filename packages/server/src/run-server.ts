import { once } from "node:events";
import type { Server } from "node:http";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";

/** Running requests may finish in this time; then their connections are cut. */
const DRAIN_MS = 2_000;
/** Whatever hangs, the process has ended by then. */
const STOP_MS = 3_500;

export interface OpenedServer {
  server: Server;
  host: string;
  port: number;
  publicUrl: string;
  log: Log;
  /** Closes what the server stands on, once it has closed itself. */
  close(): Promise<void>;
}

/**
 * Opens a server, and serves until SIGTERM, SIGINT or the end of the process that started this one.
 * A start that cannot work is one line on standard error, and exit code 1.
 */
export async function runServer(
  name: string,
  portVariable: string,
  open: (isStopping: () => boolean) => Promise<OpenedServer>,
): Promise<void> {
  let isStopping = false;
  const stopReason = new Promise<string>((resolve) => {
    for (const reason of ["SIGTERM", "SIGINT", "disconnect"]) {
      process.on(reason, () => resolve(reason));
    }
  });
  void stopReason.then(() => {
    isStopping = true;
    setTimeout(() => process.exit(0), STOP_MS).unref();
  });

  async function serve(): Promise<void> {
    const { server, host, port, publicUrl, log, close } = await open(() => isStopping);
    await listen(server, { name, host, port, portVariable }).catch(async (cause) => {
      await close();
      throw cause;
    });
    log.info({ url: publicUrl, address: server.address() }, "listening");

    log.info({ reason: await stopReason }, "stopping");
    server.close();
    setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
    await once(server, "close");
    await close();
    process.exit(0);
  }

  await serve().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  });
}
