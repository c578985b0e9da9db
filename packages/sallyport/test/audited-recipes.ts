import type { RequestListener } from "node:http";
import { readAuditConfig } from "../src/cli/audit/options.ts";
import { type AuditReport, performAudit } from "../src/cli/audit/perform-audit.ts";
import { cachingWrapper } from "./audited-recipes/caching-wrapper.ts";
import { expressGetSession } from "./audited-recipes/express-get-session.ts";
import { expressOauth2JwtBearer } from "./audited-recipes/express-oauth2-jwt-bearer.ts";
import { fastifyJwt } from "./audited-recipes/fastify-jwt.ts";
import { honoJwt } from "./audited-recipes/hono-jwt.ts";
import { sallyportExpress } from "./audited-recipes/sallyport-express.ts";
import { sallyportHono } from "./audited-recipes/sallyport-hono.ts";
import type { Surroundings } from "./audited-recipes/task-store.ts";
import { secret, serve, startBetterAuth } from "./auth-server.ts";

interface Recipe {
  name: string;
  /** In `test/audited-recipes`, without its extension. */
  file: string;
  mode: "session" | "jwt";
  listener(surroundings: Surroundings): RequestListener | Promise<RequestListener>;
}

export const recipes: readonly Recipe[] = [
  {
    name: "sallyport, Express",
    file: "sallyport-express",
    mode: "session",
    listener: sallyportExpress,
  },
  {
    name: "fetch of get-session, Express",
    file: "express-get-session",
    mode: "session",
    listener: expressGetSession,
  },
  {
    name: "a wrapper that caches, Express",
    file: "caching-wrapper",
    mode: "session",
    listener: cachingWrapper,
  },
  { name: "sallyport, Hono", file: "sallyport-hono", mode: "jwt", listener: sallyportHono },
  { name: "hono/jwt", file: "hono-jwt", mode: "jwt", listener: honoJwt },
  { name: "@fastify/jwt", file: "fastify-jwt", mode: "jwt", listener: fastifyJwt },
  {
    name: "express-oauth2-jwt-bearer",
    file: "express-oauth2-jwt-bearer",
    mode: "jwt",
    listener: expressOauth2JwtBearer,
  },
];

const audience = "https://api.example.com";

/** Sign-ups and look-ups as many as an audit needs. */
export const unlimited = Object.fromEntries(
  ["/get-session", "/sign-up/email", "/sign-in/email", "/sallyport/token"].map((path) => [
    path,
    false as const,
  ]),
);

/** Each recipe in front of the same Better Auth, whose cookie cache is on. */
export async function auditRecipes(): Promise<{ recipe: Recipe; report: AuditReport }[]> {
  const auth = await startBetterAuth({
    customRules: unlimited,
    token: { audience },
    settings: {
      session: { cookieCache: { enabled: true } },
      user: { deleteUser: { enabled: true } },
    },
  });
  const audited: { recipe: Recipe; report: AuditReport }[] = [];
  for (const recipe of recipes) {
    const surroundings = { authUrl: auth.url, secret, issuer: auth.origin, audience };
    const backend = await serve(await recipe.listener(surroundings));
    const args = ["--api-url", backend.url, "--auth-url", auth.url, "--mode", recipe.mode];
    const config = readAuditConfig(args, { BETTER_AUTH_SECRET: secret });
    if (config === undefined) throw new Error("it shows its help");
    const report = await performAudit(config, {
      identities: undefined,
      stop: new AbortController().signal,
      onProgress() {},
    });
    audited.push({ recipe, report });
    await backend.close();
  }
  await auth.close();
  return audited;
}
