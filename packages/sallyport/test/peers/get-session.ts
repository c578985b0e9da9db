import { Hono } from "hono";

interface User {
  id: string;
}

export function getSession(authUrl: string) {
  const app = new Hono<{ Variables: { user: User } }>();
  app.use("/tasks", async (c, next) => {
    const response = await fetch(`${authUrl}/get-session`, {
      headers: { cookie: c.req.header("cookie") ?? "" },
    });
    const session = response.ok ? await response.json() : null;
    if (!session) return c.json({ error: "Unauthorized" }, 401);
    c.set("user", session.user);
    return next();
  });
  app.get("/tasks", (c) => c.json({ user: c.var.user.id }));
  return app;
}
