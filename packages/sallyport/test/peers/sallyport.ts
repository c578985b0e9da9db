import { Hono } from "hono";
import { type ProtectVariables, protect } from "../../src/hono.ts";
import { betterAuthSession, createGuard } from "../../src/index.ts";

export function sallyport(authUrl: string) {
  const guard = createGuard({ schemes: [betterAuthSession({ url: authUrl })] });
  const app = new Hono<{ Variables: ProtectVariables }>();
  app.get("/tasks", protect(guard), (c) => c.json({ user: c.var.auth.user.userId }));
  return app;
}
