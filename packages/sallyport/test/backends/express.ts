import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import express, { type ErrorRequestHandler } from "express";
import { protect } from "../../src/express.ts";
import type { Route } from "../../src/testing.ts";
import { createBackendGuard, failToLog, type StartBackend } from "./backend.ts";

export const startExpress: StartBackend = async ({ withForgottenRoute, ...options }) => {
  const guard = createBackendGuard(options);
  const app = express();
  app.get("/healthz", (_req, res) => void res.send("ok"));
  if (withForgottenRoute) {
    app.get("/api/:user_id/forgotten", (_req, res) => void res.send("anyone's"));
  }
  app.use("/api/:user_id", protect(guard, { owner: "user_id", onDenied: failToLog }));
  app.all("/api/:user_id/tasks", (req, res) => {
    res.set("Vary", "Accept").json({ user: req.auth.user.userId });
  });
  app.get("/api/:user_id/redirect", (_req, res) => res.redirect("/healthz"));
  app.get("/api/:user_id/bug", () => {
    throw new Error("a bug");
  });
  const onError: ErrorRequestHandler = (error, _req, res, _next) =>
    void res.sendStatus(error.status ?? 500);
  app.use(onError);

  const server = createServer(app).listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    // Middleware is a layer without a route; `all` is a layer for each method, the first serves.
    routes: app.router.stack.flatMap(({ route }): Route[] => {
      const method = route?.stack[0]?.method.toUpperCase();
      if (route === undefined || method === undefined) return [];
      return [[method, route.path.replace(":user_id", "somebody")]];
    }),
    async close() {
      server.close();
      server.closeAllConnections();
      await guard.close();
    },
  };
};
