import { once } from "node:events";
import { existsSync } from "node:fs";
import { join } from "node:path";
import next from "next";
import { readConfig } from "./config.ts";
import { createHttpServer } from "./http/http-server.ts";
import { createRequestListener } from "./http/request-listener.ts";
import { clientAddressHeader } from "./http/trusted-headers.ts";
import { createLog, describeError } from "./runtime/log.ts";
import { createRuntime } from "./runtime/runtime.ts";
import { shareRuntime } from "./runtime/shared-runtime.ts";

const DRAIN_MS = 2_000;
const STOP_MS = 3_500;

let isStopping = false;
const stopReason = new Promise<string>((resolve) => {
  process.on("SIGTERM", resolve);
  process.on("SIGINT", resolve);
  process.on("disconnect", () => resolve("disconnect"));
});
void stopReason.then(() => {
  isStopping = true;
  setTimeout(() => process.exit(0), STOP_MS).unref();
});

async function start(): Promise<void> {
  const config = readConfig(process.env);
  const log = createLog(config.logLevel);
  const isDevelopment = process.env.NODE_ENV !== "production";
  const folder = import.meta.dirname;
  if (!isDevelopment && !existsSync(join(folder, ".next/BUILD_ID"))) {
    throw new Error(
      "Cannot start the web app: it is not built; run npx next build apps/web first.",
    );
  }
  const runtime = await createRuntime(config, log, clientAddressHeader);
  const { auth, storage } = runtime;
  shareRuntime(runtime);

  const pages = next({
    dev: isDevelopment,
    dir: folder,
    hostname: config.host,
    port: config.port,
    quiet: true,
  });
  await pages.prepare();
  const server = createHttpServer(
    createRequestListener({
      auth,
      pages: pages.getRequestHandler(),
      isReady: async () => !isStopping && (await storage.isUp()),
      log,
    }),
    // The socket of Next's hot reload.
    ({ url }) => isDevelopment && url?.startsWith("/_next/") === true,
  );
  // Next's own server does the same: what it leaves unawaited inside must not end the process.
  process.on("unhandledRejection", (cause) =>
    log.error({ cause: describeError(cause) }, "unhandled rejection"),
  );

  server.listen(config.port, config.host);
  await once(server, "listening").catch(async (cause: NodeJS.ErrnoException) => {
    await storage.close();
    throw new Error(
      cause.code === "EADDRINUSE"
        ? `Cannot start the web app: port ${config.port} on ${config.host} is taken; stop who holds it, or choose another with WEB_PORT.`
        : `Cannot start the web app: cannot listen on ${config.host}:${config.port} (${cause.code}); check HOST and WEB_PORT.`,
    );
  });
  log.info({ url: config.publicUrl, address: server.address() }, "listening");

  log.info({ reason: await stopReason }, "stopping");
  server.close();
  setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  await once(server, "close");
  await pages.close();
  await storage.close();
  process.exit(0);
}

await start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
