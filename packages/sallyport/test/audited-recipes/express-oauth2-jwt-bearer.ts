import { createRequire } from "node:module";
import express, { type NextFunction, type Request, type Response } from "express";
import { addTaskRoutes } from "./express-tasks.ts";
import type { Surroundings } from "./task-store.ts";

const require = createRequire(import.meta.url);
// Without its types: they declare another `request.auth` than `sallyport/express` does.
const { auth } = require("express-oauth2-jwt-bearer");

export function expressOauth2JwtBearer({ secret, issuer, audience }: Surroundings) {
  const app = express();
  app.use(express.json());
  app.use(auth({ secret, tokenSigningAlg: "HS256", issuer, audience }));
  app.use("/api/:user_id", (req: Request, res: Response, next: NextFunction) => {
    // What this library puts there, whatever the types of another say.
    const { sub } = Reflect.get(Object(req.auth), "payload");
    if (sub !== req.params.user_id) return res.status(403).json({ error: "Forbidden" });
    return next();
  });
  addTaskRoutes(app);
  return app;
}
