import { existsSync } from "node:fs";
import { join } from "node:path";
import { createLog, describeError, runServer } from "@sallyport/server";
import next from "next";
import { readConfig } from "./config.ts";
import { createHttpServer } from "./http/http-server.ts";
import { createRequestListener } from "./http/request-listener.ts";
import { clientAddressHeader } from "./http/trusted-headers.ts";
import { shareRuntime } from "./runtime/global-runtime.ts";
import { createRuntime } from "./runtime/runtime.ts";

await runServer("web app", "WEB_PORT", async (isStopping) => {
  const config = readConfig(process.env);
  const { host, port, publicUrl } = config;
  const log = createLog("web", config.logLevel);
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

  const pages = next({ dev: isDevelopment, dir: folder, hostname: host, port, quiet: true });
  await pages.prepare();
  // Next's own server does the same: what it leaves unawaited inside must not end the process.
  process.on("unhandledRejection", (cause) =>
    log.error({ cause: describeError(cause) }, "unhandled rejection"),
  );
  const listener = createRequestListener({
    auth,
    pages: pages.getRequestHandler(),
    isReady: async () => !isStopping() && (await storage.isUp()),
    log,
  });
  return {
    // Upgrades are for the socket of Next's hot reload alone.
    server: createHttpServer(
      listener,
      ({ url }) => isDevelopment && url?.startsWith("/_next/") === true,
    ),
    host,
    port,
    publicUrl,
    log,
    async close() {
      await pages.close();
      await storage.close();
    },
  };
});
