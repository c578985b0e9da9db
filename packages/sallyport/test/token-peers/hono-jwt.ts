import { getRequestListener } from "@hono/node-server";
import { Hono } from "hono";
import { jwt } from "hono/jwt";
import type { TokenRules } from "./rules.ts";

export function honoJwt({ secret, issuer, audience }: TokenRules) {
  const app = new Hono();
  app.use(
    jwt({
      secret,
      alg: "HS256",
      verification: { typ: "at+jwt", iss: issuer, aud: audience, exp: true, iat: true, nbf: true },
    }),
  );
  app.all("/api/:user_id/tasks", (c) => c.json([]));
  return getRequestListener(app.fetch);
}
