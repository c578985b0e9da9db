import type { Context, Env, Hono } from "hono";
import { createTaskStore } from "./task-store.ts";

/** The routes behind the check, for all recipes with Hono. */
export function addTaskRoutes<E extends Env>(app: Hono<E>): void {
  const tasks = createTaskStore();
  app.get("/api/:user_id/tasks", (c) => c.json(tasks.list(c.req.param("user_id"))));
  app.post("/api/:user_id/tasks", async (c) => {
    const task = tasks.write(c.req.param("user_id"), await readJson(c));
    return task ? c.json(task, 201) : c.json({ error: "Bad request" }, 400);
  });
  app.get("/api/:user_id/tasks/:id", (c) => {
    const task = tasks.find(c.req.param("user_id"), c.req.param("id"));
    return task ? c.json(task) : c.json({ error: "Not found" }, 404);
  });
  app.put("/api/:user_id/tasks/:id", async (c) => {
    const { user_id, id } = c.req.param();
    const body = await readJson(c);
    const task = tasks.find(user_id, id) && tasks.write(user_id, body, id);
    return task ? c.json(task) : c.json({ error: "Not found" }, 404);
  });
  app.delete("/api/:user_id/tasks/:id", (c) => {
    const { user_id, id } = c.req.param();
    return tasks.remove(user_id, id) ? c.body(null, 204) : c.json({ error: "Not found" }, 404);
  });
}

/** Hono throws on what is no JSON, and that would be a 500. */
const readJson = (c: Context): Promise<unknown> => c.req.json().catch(() => undefined);
