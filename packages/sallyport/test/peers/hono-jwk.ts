import { Hono } from "hono";
import { jwk } from "hono/jwk";
import type { JwtVariables } from "hono/jwt";

export function honoJwk(authUrl: string) {
  const { origin } = new URL(authUrl);
  const app = new Hono<{ Variables: JwtVariables<{ sub: string }> }>();
  app.use(
    "/tasks",
    jwk({
      jwks_uri: `${authUrl}/jwks`,
      alg: ["EdDSA"],
      verification: { iss: origin, aud: origin },
    }),
  );
  app.get("/tasks", (c) => c.json({ user: c.var.jwtPayload.sub }));
  return app;
}
