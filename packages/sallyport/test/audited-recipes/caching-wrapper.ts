import express, { type NextFunction, type Request, type Response } from "express";
import { addTaskRoutes } from "./express-tasks.ts";
import type { Surroundings } from "./task-store.ts";

const cacheMs = 60_000;

/** As the wrappers of hosted services do it: who is signed in is asked once a minute. */
export function cachingWrapper({ authUrl }: Surroundings) {
  const cache = new Map<string, { userId: string; until: number }>();

  async function getAuth(req: Request): Promise<string | null> {
    const cookie = req.headers.cookie ?? "";
    const token = cookie.match(/session_token=([^;]+)/)?.[1];
    if (!token) return null;
    const cached = cache.get(token);
    if (cached && cached.until > Date.now()) return cached.userId;
    const response = await fetch(`${authUrl}/get-session`, { headers: { cookie } });
    const session = response.ok ? await response.json() : null;
    if (!session) return null;
    cache.set(token, { userId: session.user.id, until: Date.now() + cacheMs });
    return session.user.id;
  }

  async function requireAuth(req: Request, res: Response, next: NextFunction) {
    const userId = await getAuth(req);
    if (!userId) return res.status(401).json({ error: "Unauthorized" });
    if (userId !== req.params.user_id) return res.status(403).json({ error: "Forbidden" });
    return next();
  }

  const app = express();
  app.use(express.json());
  app.use("/api/:user_id", requireAuth);
  addTaskRoutes(app);
  return app;
}
