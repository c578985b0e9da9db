import type { Express } from "express";
import { createTaskStore } from "./task-store.ts";

/** The routes behind the check, for all recipes with Express. */
export function addTaskRoutes(app: Express): void {
  const tasks = createTaskStore();
  app.get("/api/:user_id/tasks", (req, res) => {
    res.json(tasks.list(req.params.user_id));
  });
  app.post("/api/:user_id/tasks", (req, res) => {
    const task = tasks.write(req.params.user_id, req.body);
    res.status(task ? 201 : 400).json(task ?? { error: "Bad request" });
  });
  app.get("/api/:user_id/tasks/:id", (req, res) => {
    const task = tasks.find(req.params.user_id, req.params.id);
    res.status(task ? 200 : 404).json(task ?? { error: "Not found" });
  });
  app.put("/api/:user_id/tasks/:id", (req, res) => {
    const { user_id, id } = req.params;
    const task = tasks.find(user_id, id) && tasks.write(user_id, req.body, id);
    res.status(task ? 200 : 404).json(task ?? { error: "Not found" });
  });
  app.delete("/api/:user_id/tasks/:id", (req, res) => {
    res.status(tasks.remove(req.params.user_id, req.params.id) ? 204 : 404).end();
  });
}
