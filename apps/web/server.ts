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
  const { host, port, publicUrl, isProduction } = config;
  const log = createLog("web", config.logLevel);
  const folder = import.meta.dirname;
  if (isProduction && !existsSync(join(folder, ".next/BUILD_ID"))) {
    throw new Error(
      "Cannot start the web app: it is not built; run npx next build apps/web first.",
    );
  }
  const runtime = await createRuntime(config, log, clientAddressHeader);
  const { auth, storage } = runtime;
  shareRuntime(runtime);

  const pages = next({ dev: !isProduction, dir: folder, hostname: host, port, quiet: true });
  await pages.prepare();
  // Next's own server does the same: what it leaves unawaited inside must not end the process.
  process.on("unhandledRejection", (cause) =>
    log.error({ cause: describeError(cause) }, "unhandled rejection"),
  );
  const listener = createRequestListener({
    config,
    auth,
    pages: pages.getRequestHandler(),
    isReady: async () => !isStopping() && (await storage.isUp()),
    log,
  });
  return {
    // Upgrades are for the socket of Next's hot reload alone.
    server: createHttpServer(
      listener,
      ({ url }) => !isProduction && url?.startsWith("/_next/") === true,
    ),
    host,
    port,
    publicUrl,
    log,
    async close() {
      await pages.close();
      await runtime.close();
    },
  };
});
