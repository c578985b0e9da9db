import { serve } from "@hono/node-server";
import type { Route } from "../../src/testing.ts";
import { type ProtectedHandler, protect } from "../../src/web.ts";
import { createBackendGuard, failToLog, type StartBackend } from "./backend.ts";

type Handler = (request: Request) => Response | Promise<Response>;

export const startWeb: StartBackend = async ({ withForgottenRoute, ...options }) => {
  const guard = createBackendGuard(options);
  const owned: Record<string, ProtectedHandler> = {
    tasks: (_, auth) => Response.json({ user: auth.user.userId }, { headers: { Vary: "Accept" } }),
    redirect: (request) => Response.redirect(new URL("/healthz", request.url)),
    bug: () => {
      throw new Error("a bug");
    },
  };
  const api = protect(
    guard,
    async (request, auth) => {
      const handler = owned[lastSegment(request)];
      if (handler === undefined) return new Response("not found", { status: 404 });
      try {
        return await handler(request, auth);
      } catch {
        return new Response("a bug", { status: 500 });
      }
    },
    { owner: ([, userId]) => userId, onDenied: failToLog },
  );
  const open: Record<string, Handler> = { healthz: () => new Response("ok") };
  if (withForgottenRoute) open.forgotten = () => new Response("anyone's");

  const listening = Promise.withResolvers<number>();
  const fetch: Handler = (request) => (open[lastSegment(request)] ?? api)(request);
  const server = serve({ fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
    listening.resolve(port),
  );
  return {
    origin: `http://127.0.0.1:${await listening.promise}`,
    routes: [...Object.keys(open), ...Object.keys(owned)].map(
      (name): Route => ["GET", name === "healthz" ? "/healthz" : `/api/somebody/${name}`],
    ),
    async close() {
      await new Promise((resolve) => server.close(resolve));
      await guard.close();
    },
  };
};

function lastSegment(request: Request): string {
  return new URL(request.url).pathname.split("/").at(-1) ?? "";
}
