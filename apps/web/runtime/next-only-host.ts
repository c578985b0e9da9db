import { createLog } from "@sallyport/server";
import { readConfig } from "../config.ts";
import { createRuntime, type Runtime } from "./runtime.ts";

/**
 * For hosts that run Next without `server.ts`. Trusted: their proxy writes X-Forwarded-For, ends TLS
 * and bounds slow clients. They lack what our own server adds: the security headers with the
 * policy for scripts, Retry-After on Better Auth's 429, and our limits on bodies and connections.
 */
export function createNextOnlyRuntime(): Promise<Runtime> {
  // biome-ignore lint/style/noProcessEnv: on such a host there is no server.ts to read it.
  const config = readConfig(process.env);
  return createRuntime(config, createLog("web", config.logLevel), "x-forwarded-for");
}
