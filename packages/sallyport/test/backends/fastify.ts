import { fastify } from "fastify";
import { protect } from "../../src/fastify.ts";
import type { Route } from "../../src/testing.ts";
import { createBackendGuard, failToLog, type StartBackend } from "./backend.ts";

export const startFastify: StartBackend = async ({ withForgottenRoute, ...options }) => {
  const guard = createBackendGuard(options);
  const app = fastify({ forceCloseConnections: true });
  const routes: Route[] = [];
  app.addHook("onRoute", ({ method, path }) => {
    const [first = ""] = [method].flat();
    // Fastify adds a HEAD to every GET.
    if (first !== "HEAD") routes.push([first, path.replace(":user_id", "somebody")]);
  });
  app.get("/healthz", () => "ok");
  if (withForgottenRoute) app.get("/api/:user_id/forgotten", () => "anyone's");
  app.register(
    async (scope) => {
      scope.addHook("onRequest", protect(guard, { owner: "user_id", onDenied: failToLog }));
      scope.setNotFoundHandler((_request, reply) => reply.code(404).send("not found"));
      scope.all("/tasks", ({ auth }, reply) =>
        reply.header("Vary", "Accept").send({ user: auth.user.userId }),
      );
      scope.get("/redirect", (_request, reply) => reply.redirect("/healthz"));
      scope.get("/bug", () => {
        throw new Error("a bug");
      });
    },
    { prefix: "/api/:user_id" },
  );
  app.setErrorHandler((_error, _request, reply) => reply.code(500).send("a bug"));

  return {
    origin: await app.listen({ port: 0, host: "127.0.0.1" }),
    routes,
    async close() {
      await app.close();
      await guard.close();
    },
  };
};
