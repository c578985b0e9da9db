import { createRequire } from "node:module";
import express, { type ErrorRequestHandler } from "express";
import type { TokenRules } from "./rules.ts";

const require = createRequire(import.meta.url);
// Without its types: they declare another `request.auth` than `sallyport/express` does.
const { auth, UnauthorizedError } = require("express-oauth2-jwt-bearer");

export function expressOauth2JwtBearer({ secret, issuer, audience }: TokenRules) {
  const app = express();
  app.use(express.json(), express.urlencoded());
  app.use(
    auth({
      secret,
      tokenSigningAlg: "HS256",
      issuer,
      audience,
      strict: true,
      // Part of RFC 9068, and of `strict`; these tokens are for one client.
      validators: { client_id: false },
      maxTokenAge: 15 * 60,
      clockTolerance: 5,
    }),
  );
  app.all("/api/:user_id/tasks", (_, response) => {
    response.json([]);
  });
  app.use(answerError);
  return app;
}

const answerError: ErrorRequestHandler = (error, _request, response, _next) => {
  response.status(error instanceof UnauthorizedError ? error.status : 500).end();
};
