import { createServer } from "node:http";
import { setTimeout } from "node:timers/promises";
import { createLog } from "../src/log.ts";
import { runServer } from "../src/run-server.ts";

/** A process that answers `/<milliseconds>` when they have passed, and `/readyz` as the apps do. */
await runServer("slow server", "PORT", async (isStopping) => {
  const log = createLog("slow", "info");
  return {
    server: createServer(async ({ url = "" }, response) => {
      if (url === "/readyz") response.writeHead(isStopping() ? 503 : 200);
      else await setTimeout(Number(url.slice(1)));
      response.end("done");
    }),
    host: "127.0.0.1",
    port: 0,
    publicUrl: "http://127.0.0.1",
    log,
    async close() {
      log.info("closed");
    },
  };
});
