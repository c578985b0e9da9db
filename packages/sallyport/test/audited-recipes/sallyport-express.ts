import express from "express";
import { protect } from "../../src/express.ts";
import { betterAuthSession, createGuard } from "../../src/index.ts";
import { addTaskRoutes } from "./express-tasks.ts";
import type { Surroundings } from "./task-store.ts";

export function sallyportExpress({ authUrl, issuer }: Surroundings) {
  const scheme = betterAuthSession({ url: authUrl, trustedOrigins: [issuer], deadlineMs: 5_000 });
  const guard = createGuard({ schemes: [scheme] });
  const app = express();
  app.use("/api/:user_id", protect(guard, { owner: "user_id" }));
  app.use(express.json());
  addTaskRoutes(app);
  return app;
}
