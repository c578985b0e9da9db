import { once } from "node:events";
import { setTimeout } from "node:timers/promises";
import { createGateway } from "./gateway.ts";
import { createLog } from "./log.ts";
import { gatewayHelp, readGatewayConfig } from "./options.ts";

/** Serves on for as long, no longer ready: whoever balances asks each second. */
const noticeMs = 1_000;
/** What is under way may finish in this time once the gateway is told to stop. */
const finishMs = 10_000;

/** Serves until SIGTERM or SIGINT; resolves to the exit code. */
export async function runGateway(args: string[]): Promise<number> {
  const config = readGatewayConfig(args, process.env);
  if (config === undefined) {
    process.stdout.write(gatewayHelp);
    return 0;
  }
  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());

  const log = createLog((line) => process.stdout.write(line));
  const { server, close } = await createGateway(config, {
    log,
    isStopping: () => stop.signal.aborted,
  });
  server.listen(config.port, config.host);
  await once(server, "listening");
  log("info", "listening", { address: server.address() });

  if (!stop.signal.aborted) await once(stop.signal, "abort");
  log("info", "stopping");
  await setTimeout(noticeMs);
  const closed = once(server, "close");
  server.close();
  void setTimeout(finishMs, undefined, { ref: false }).then(() => server.closeAllConnections());
  await closed;
  await close();
  return 0;
}
