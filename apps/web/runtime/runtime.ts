import type { Log } from "@sallyport/server";
import { openStorage, type Storage } from "@sallyport/storage";
import { type Auth, createAuth } from "../auth/auth.ts";
import { migrations } from "../auth/migrations.ts";
import type { WebConfig } from "../config.ts";

export interface Runtime {
  config: WebConfig;
  log: Log;
  storage: Storage<unknown>;
  auth: Auth;
  /** The request header that holds the client's address, which no client can choose. */
  clientAddressHeader: string;
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
  });
  const auth = createAuth({ config, storage, log, clientAddressHeader });
  return { config, log, storage, auth, clientAddressHeader };
}
