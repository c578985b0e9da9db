import type { Server } from "node:http";
import { Server as SocketServer } from "node:net";
import { listen } from "./listen.ts";
import type { Log } from "./log.ts";
import { watchTraffic } from "./traffic.ts";

/** While requests keep coming, a balancer may take this long to see that we are no longer ready. */
const NOTICE_MS = 1_000;
/** Running requests may finish in this time; then their connections are cut. */
const FINISH_MS = 2_000;
/** A moment without a new connection comes earlier, except under attack. */
const ACCEPT_MS = 100;
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
 * Then it serves on for a moment, no longer ready, refuses new connections, lets running requests
 * finish, and ends with exit code 0; at once if nobody asks anything.
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
    const traffic = watchTraffic(server);
    await listen(server, { name, host, port, portVariable }).catch(async (cause) => {
      await close();
      throw cause;
    });
    log.info({ url: publicUrl, address: server.address() }, "listening");

    log.info({ reason: await stopReason }, "stopping");
    await traffic.untilQuiet(NOTICE_MS);
    await traffic.untilAllAreAccepted(ACCEPT_MS);
    // An HTTP server's own `close` cuts idle connections, on which a request may be on its way.
    SocketServer.prototype.close.call(server);
    traffic.answerLast();
    await traffic.untilQuiet(FINISH_MS);
    server.closeAllConnections();
    await close();
    process.exit(0);
  }

  await serve().catch((error: unknown) => {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  });
}
