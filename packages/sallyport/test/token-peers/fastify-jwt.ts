import jwt from "@fastify/jwt";
import fastify from "fastify";
import type { TokenRules } from "./rules.ts";

export async function fastifyJwt({ secret, issuer, audience }: TokenRules) {
  const app = fastify();
  await app.register(jwt, {
    secret,
    decode: { checkTyp: "at+jwt" },
    verify: {
      algorithms: ["HS256"],
      checkTyp: "at+jwt",
      allowedIss: issuer,
      allowedAud: audience,
      requiredClaims: ["iss", "aud", "sub", "uid", "iat", "exp"],
      maxAge: "15m",
      clockTolerance: 5 * 1000,
    },
  });
  app.addHook("onRequest", (request) => request.jwtVerify());
  app.all("/api/:user_id/tasks", () => []);
  await app.ready();
  return app.routing;
}
