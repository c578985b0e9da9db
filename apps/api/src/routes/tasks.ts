import { type Context, Hono } from "hono";
import type { ApiEnv } from "../api-env.ts";
import { jsonBody } from "../json-body.ts";
import { refuse } from "../problem.ts";
import { completion, newTask, taskChanges, taskQuery } from "../task.ts";
import { decodeCursor } from "../task-cursor.ts";
import type { TaskRepository } from "../task-repository.ts";
import { fieldErrors } from "../validation.ts";
import { methodNotAllowed } from "./method-not-allowed.ts";

/** Mounted behind the guard. The owner is the verified caller, never a part of the request. */
export function taskRoutes(tasks: TaskRepository) {
  return new Hono<ApiEnv>()
    .get("/", async (c) => {
      const query = taskQuery.safeParse(queryOf(c));
      if (!query.success) {
        return refuse(c, "validation_failed", { errors: fieldErrors(query.error) });
      }
      const { cursor, ...listing } = query.data;
      const after = cursor === undefined ? null : decodeCursor(cursor);
      if (cursor !== undefined && after === null) return refuse(c, "malformed_request");
      return c.json(await tasks.list(c.var.auth.user.userId, { ...listing, after }));
    })
    .post("/", jsonBody(newTask), async (c) => {
      const { userId } = c.var.auth.user;
      const task = await tasks.create(userId, c.var.body);
      const location = `/api/${encodeURIComponent(userId)}/tasks/${task.id}`;
      return c.json(task, 201, { Location: location });
    })
    .all("/", methodNotAllowed("GET, HEAD, POST"))
    .get("/:task_id", async (c) => {
      const task = await tasks.find(c.var.auth.user.userId, c.req.param("task_id"));
      return task ? c.json(task) : refuse(c, "not_found");
    })
    .put("/:task_id", jsonBody(newTask), async (c) => {
      const task = await tasks.update(c.var.auth.user.userId, c.req.param("task_id"), c.var.body);
      return task ? c.json(task) : refuse(c, "not_found");
    })
    .patch("/:task_id", jsonBody(taskChanges), async (c) => {
      const task = await tasks.update(c.var.auth.user.userId, c.req.param("task_id"), c.var.body);
      return task ? c.json(task) : refuse(c, "not_found");
    })
    .delete("/:task_id", async (c) => {
      const existed = await tasks.delete(c.var.auth.user.userId, c.req.param("task_id"));
      return existed ? c.body(null, 204) : refuse(c, "not_found");
    })
    .all("/:task_id", methodNotAllowed("GET, HEAD, PUT, PATCH, DELETE"))
    .patch("/:task_id/complete", jsonBody(completion), async (c) => {
      const task = await tasks.update(c.var.auth.user.userId, c.req.param("task_id"), c.var.body);
      return task ? c.json(task) : refuse(c, "not_found");
    })
    .all("/:task_id/complete", methodNotAllowed("PATCH"))
    .post("/:task_id/restore", async (c) => {
      const task = await tasks.restore(c.var.auth.user.userId, c.req.param("task_id"));
      return task ? c.json(task) : refuse(c, "not_found");
    })
    .all("/:task_id/restore", methodNotAllowed("POST"));
}

/** A parameter given twice is a list, which no schema here accepts: it is not for us to choose. */
function queryOf(c: Context): Record<string, string | string[]> {
  return Object.fromEntries(
    Object.entries(c.req.queries()).map(([name, values]) => {
      const [only, ...more] = values;
      return [name, only === undefined || more.length > 0 ? values : only];
    }),
  );
}
