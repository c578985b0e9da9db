import { Hono } from "hono";
import type { Guard } from "sallyport";
import type { ApiEnv } from "../api-env.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";

/** Public. The authority's state is told and changes no status: its outage is not this app's. */
export function healthRoutes(guard: Guard, isReady: () => Promise<boolean>) {
  return new Hono<ApiEnv>()
    .get("/healthz", (c) => c.json({ status: "ok" }))
    .all("/healthz", methodNotAllowed("GET, HEAD"))
    .get("/readyz", async (c) =>
      (await isReady())
        ? c.json({ status: "ready", authority: guard.authority() })
        : c.json({ status: "unready", authority: guard.authority() }, 503),
    )
    .all("/readyz", methodNotAllowed("GET, HEAD"));
}
