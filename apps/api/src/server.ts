import { once } from "node:events";
import { openStorage } from "@sallyport/storage";
import { betterAuthSession, createGuard } from "sallyport";
import { createApp } from "./app.ts";
import { readConfig } from "./config.ts";
import { createHttpServer } from "./http-server.ts";
import { createLog } from "./log.ts";
import { migrations } from "./migrations.ts";
import { createTaskRepository, type TaskDatabase } from "./task-repository.ts";

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
  const guard = createGuard({
    schemes: [
      betterAuthSession({
        url: new URL("/api/auth", config.authInternalUrl).href,
        secure: config.authUrl.startsWith("https:"),
        trustedOrigins: [...config.trustedOrigins, new URL(config.publicUrl).origin],
        serviceKey: config.serviceKey,
        realm: "tasks",
      }),
    ],
  });
  const storage = await openStorage<TaskDatabase>({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    schema: "tasks",
    migrations,
  });

  const app = createApp({
    guard,
    tasks: createTaskRepository(storage.db),
    isReady: async () => !isStopping && (await storage.isUp()),
    trustedOrigins: config.trustedOrigins,
    log,
  });
  const server = createHttpServer(app.fetch, log);

  server.listen(config.port, config.host);
  await once(server, "listening").catch(async (cause: NodeJS.ErrnoException) => {
    await storage.close();
    throw new Error(
      cause.code === "EADDRINUSE"
        ? `Cannot start the api: port ${config.port} on ${config.host} is taken; stop who holds it, or choose another with API_PORT.`
        : `Cannot start the api: cannot listen on ${config.host}:${config.port} (${cause.code}); check HOST and API_PORT.`,
    );
  });
  log.info({ url: config.publicUrl, address: server.address() }, "listening");

  log.info({ reason: await stopReason }, "stopping");
  server.close();
  setTimeout(() => server.closeAllConnections(), DRAIN_MS).unref();
  await once(server, "close");
  await guard.close();
  await storage.close();
  process.exit(0);
}

await start().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
  process.exit(1);
});
