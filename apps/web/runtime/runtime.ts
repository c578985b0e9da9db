import type { Log } from "@sallyport/server";
import { openStorage, type Storage } from "@sallyport/storage";
import { type Auth, createAuth } from "../auth/auth.ts";
import { deleteTasks } from "../auth/delete-tasks.ts";
import { migrations } from "../auth/migrations.ts";
import { openRateLimits } from "../auth/rate-limits/rate-limits.ts";
import type { WebConfig } from "../config.ts";

export interface Runtime {
  config: WebConfig;
  log: Log;
  storage: Storage<unknown>;
  auth: Auth;
  /** The request header that holds the client's address, which no client can choose. */
  clientAddressHeader: string;
  /** Closes what it stands on: storage, and the connection to Redis. */
  close(): Promise<void>;
}

export async function createRuntime(
  config: WebConfig,
  log: Log,
  clientAddressHeader: string,
): Promise<Runtime> {
  const storage = await openStorage<unknown>({
    databaseUrl: config.databaseUrl,
    dataFolder: config.dataFolder,
    schema: "auth",
    migrations,
    onWaiting: (line) => log.warn(line),
  });
  const limits = await openRateLimits({ secret: config.secret, redisUrl: config.redisUrl, log });
  const auth: Auth = createAuth({
    config,
    storage,
    limits,
    log,
    clientAddressHeader,
    deleteTasks: (userId, request) =>
      deleteTasks(userId, request, { auth, config, clientAddressHeader }),
  });
  return {
    config,
    log,
    storage,
    auth,
    clientAddressHeader,
    async close() {
      limits.close();
      await storage.close();
    },
  };
}
