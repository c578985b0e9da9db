import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { type ProtectVariables, protect } from "../../src/hono.ts";
import type { Route } from "../../src/testing.ts";
import { createBackendGuard, failToLog, type StartBackend } from "./backend.ts";

export const startHono: StartBackend = async ({ withForgottenRoute, ...options }) => {
  const guard = createBackendGuard(options);
  const app = new Hono<{ Variables: ProtectVariables }>();
  app.get("/healthz", (c) => c.text("ok"));
  if (withForgottenRoute) app.get("/api/:user_id/forgotten", (c) => c.text("anyone's"));
  app.use("/api/:user_id/*", protect(guard, { owner: "user_id", onDenied: failToLog }));
  app.all("/api/:user_id/tasks", (c) =>
    c.json({ user: c.var.auth.user.userId }, 200, { Vary: "Accept" }),
  );
  app.get("/api/:user_id/redirect", (c) => c.redirect("/healthz"));
  app.get("/api/:user_id/bug", () => {
    throw new Error("a bug");
  });
  app.onError((_error, c) => c.text("a bug", 500));

  const listening = Promise.withResolvers<number>();
  const server = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
    listening.resolve(port),
  );
  return {
    origin: `http://127.0.0.1:${await listening.promise}`,
    // `use` lists its middleware among the routes, for all methods and under a pattern.
    routes: app.routes
      .filter(({ path }) => !path.endsWith("*"))
      .map(({ method, path }): Route => {
        const concrete = path.replace(":user_id", "somebody");
        return [method === "ALL" ? "POST" : method, concrete];
      }),
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await guard.close();
    },
  };
};
