import { createLog, runServer } from "@sallyport/server";
import { openStorage } from "@sallyport/storage";
import { createGuard } from "sallyport";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createHttpServer } from "./http-server.ts";
import { serveMetrics } from "./metrics.ts";
import { migrations } from "./migrations.ts";
import { createScheme } from "./scheme.ts";
import { createTaskRepository, type TaskDatabase } from "./task-repository.ts";

await runServer("api", "API_PORT", async (isStopping) => {
  const config = readConfig(process.env);
  const { host, port, metricsPort, publicUrl, trustedOrigins } = config;
  const log = createLog("api", config.logLevel);
  const metrics =
    metricsPort === undefined ? undefined : await serveMetrics({ host, port: metricsPort, log });
  const guard = createGuard({ schemes: [createScheme(config, log)] });
  const storage = await openStorage<TaskDatabase>({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    schema: "tasks",
    migrations,
    onWaiting: (line) => log.warn(line),
  });
  const app = createApp({
    guard,
    tasks: createTaskRepository(storage.db),
    isReady: async () => !isStopping() && (await storage.isUp()),
    authMode: config.authentication.mode,
    trustedOrigins,
    log,
  });
  return {
    server: createHttpServer(app.fetch, log),
    host,
    port,
    publicUrl,
    log,
    async close() {
      await guard.close();
      await storage.close();
      await metrics?.close();
    },
  };
});
