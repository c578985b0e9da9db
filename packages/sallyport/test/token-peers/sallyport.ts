import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { protect } from "../../src/hono.ts";
import { createGuard } from "../../src/index.ts";
import { jwt } from "../../src/jwt.ts";
import type { TokenRules } from "./rules.ts";

export function sallyport({ secret, issuer, audience }: TokenRules) {
  const guard = createGuard({ schemes: [jwt({ secret, issuer, audience })] });
  const app = new Hono();
  app.use(protect(guard));
  app.all("/api/:user_id/tasks", (c) => c.json([]));
  return getRequestListener(app.fetch);
}
