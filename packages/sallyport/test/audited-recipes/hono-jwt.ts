import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { type JwtVariables, jwt } from "hono/jwt";
import { addTaskRoutes } from "./hono-tasks.ts";
import type { Surroundings } from "./task-store.ts";

export function honoJwt({ secret }: Surroundings) {
  const app = new Hono<{ Variables: JwtVariables<{ sub: string }> }>();
  app.use("/api/*", jwt({ secret, alg: "HS256", verification: { typ: "at+jwt" } }));
  app.use("/api/:user_id/*", async (c, next) => {
    if (c.var.jwtPayload.sub !== c.req.param("user_id")) return c.json({ error: "Forbidden" }, 403);
    return next();
  });
  addTaskRoutes(app);
  return getRequestListener(app.fetch);
}
