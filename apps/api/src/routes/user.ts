import { Hono } from "hono";
import type { ApiEnv } from "../api-env.ts";
import type { TaskRepository } from "../task-repository.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";

/** Mounted behind the guard: what the api keeps of a user, as a whole. */
export function userRoutes(tasks: TaskRepository) {
  return new Hono<ApiEnv>()
    .delete("/", async (c) => {
      await tasks.deleteAll(c.var.auth.user.userId);
      return c.body(null, 204);
    })
    .all("/", methodNotAllowed("DELETE"));
}
