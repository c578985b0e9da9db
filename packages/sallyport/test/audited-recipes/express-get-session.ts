import express, { type NextFunction, type Request, type Response } from "express";
import { addTaskRoutes } from "./express-tasks.ts";
import type { Surroundings } from "./task-store.ts";

export function expressGetSession({ authUrl }: Surroundings) {
  const app = express();
  app.use(express.json());

  async function requireAuth(req: Request, res: Response, next: NextFunction) {
    const response = await fetch(`${authUrl}/get-session`, {
      headers: { cookie: req.headers.cookie ?? "" },
    });
    const session = response.ok ? await response.json() : null;
    if (!session) return res.status(401).json({ error: "Unauthorized" });
    if (session.user.id !== req.params.user_id) return res.status(403).json({ error: "Forbidden" });
    return next();
  }

  app.use("/api/:user_id", requireAuth);
  addTaskRoutes(app);
  return app;
}
