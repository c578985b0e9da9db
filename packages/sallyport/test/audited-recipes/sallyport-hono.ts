import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { type ProtectVariables, protect } from "../../src/hono.ts";
import { createGuard } from "../../src/index.ts";
import { jwt } from "../../src/jwt.ts";
import { addTaskRoutes } from "./hono-tasks.ts";
import type { Surroundings } from "./task-store.ts";

export function sallyportHono({ secret, issuer, audience }: Surroundings) {
  const guard = createGuard({ schemes: [jwt({ secret, issuer, audience })] });
  const app = new Hono<{ Variables: ProtectVariables }>();
  app.use("/api/:user_id/*", protect(guard, { owner: "user_id" }));
  addTaskRoutes(app);
  return getRequestListener(app.fetch);
}
