import type { RequestListener } from "node:http";
import { getRequestListener } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { Pool } from "undici";
import * as z from "zod";
import { protect } from "../src/hono.ts";
import {
  type AuthResult,
  betterAuthSession,
  createGuard,
  type DecisionHook,
  type Guard,
  type Scheme,
} from "../src/index.ts";
import { jwt } from "../src/jwt.ts";
import { setUpMetrics } from "./open-telemetry.ts";
import { expressOauth2JwtBearer } from "./token-peers/express-oauth2-jwt-bearer.ts";
import { fastJwt } from "./token-peers/fast-jwt.ts";
import { fastifyJwt } from "./token-peers/fastify-jwt.ts";
import { honoJwt } from "./token-peers/hono-jwt.ts";
import { jose } from "./token-peers/jose.ts";
import { audience, issuer } from "./token-recipes.ts";
import { secret } from "./token-signing.ts";

export interface Surroundings {
  authUrl: string;
  serviceKey: string;
  stubUrl: string;
  /** Hears how long each check took, if anyone wants to know. */
  onCheck: ((durationMs: number) => void) | undefined;
}

const rules = { secret, issuer, audience };

/** The same route behind one check or another; all but the peers' own apps answer alike. */
export const checks = {
  "no middleware": () => route((_, next) => next()),
  "constant identity": () => guarded(constantGuard(async () => {})),
  "token: sallyport": (surroundings) => guarded(guardOf(jwt(rules), surroundings)),
  "token: sallyport with metrics"(surroundings) {
    setUpMetrics();
    return guarded(guardOf(jwt(rules), surroundings));
  },
  "token: fast-jwt": () => route(byHand(bearer(fastJwt(rules)))),
  "token: jose": async () => {
    const verify = await jose(rules);
    return route(byHand(bearer(async (token) => (await verify(token)).payload)));
  },
  "token: hono/jwt": () => honoJwt(rules),
  "token: @fastify/jwt": () => fastifyJwt(rules),
  "token: express-oauth2-jwt-bearer": () => expressOauth2JwtBearer(rules),
  "session: fetch": ({ authUrl, serviceKey }) =>
    route(
      byHand(async (header) => {
        const response = await fetch(`${authUrl}/get-session?disableCookieCache=true`, {
          headers: { cookie: header("cookie"), "X-Sallyport-Key": serviceKey },
        });
        return sessionOwner(await response.json());
      }),
    ),
  "session: undici"({ authUrl, serviceKey }) {
    const { origin, pathname } = new URL(authUrl);
    const pool = new Pool(origin, { connections: 64 });
    return route(
      byHand(async (header) => {
        const { body } = await pool.request({
          method: "GET",
          path: `${pathname}/get-session?disableCookieCache=true`,
          headers: { cookie: header("cookie"), "X-Sallyport-Key": serviceKey },
        });
        return sessionOwner(await body.json());
      }),
    );
  },
  "session: sallyport, one by one": (surroundings) =>
    guarded(
      guardOf(
        betterAuthSession({
          url: surroundings.authUrl,
          serviceKey: surroundings.serviceKey,
          batch: false,
        }),
        surroundings,
      ),
    ),
  "session: sallyport, batched": (surroundings) =>
    guarded(
      guardOf(
        betterAuthSession({ url: surroundings.authUrl, serviceKey: surroundings.serviceKey }),
        surroundings,
      ),
    ),
  "a bare call to a stub"({ stubUrl, onCheck }) {
    const pool = new Pool(stubUrl);
    return guarded(
      constantGuard(async () => {
        const startedAt = performance.now();
        const { body } = await pool.request({ method: "GET", path: "/" });
        await body.text();
        onCheck?.(performance.now() - startedAt);
      }),
    );
  },
} satisfies Record<
  string,
  (surroundings: Surroundings) => RequestListener | Promise<RequestListener>
>;

export type CheckName = keyof typeof checks;

const answer = {
  tasks: [{ id: "0199f2c4-0000-7000-8000-000000000001", title: "Buy milk", completed: false }],
  next_cursor: null,
};

function route(check: MiddlewareHandler): RequestListener {
  const app = new Hono();
  app.get("/api/:user_id/tasks", check, (c) => c.json(answer));
  return getRequestListener(app.fetch);
}

function guarded(guard: Guard): RequestListener {
  return route(protect(guard, { owner: "user_id" }));
}

function guardOf(scheme: Scheme, { onCheck }: Surroundings): Guard {
  const onDecision: DecisionHook | undefined = onCheck && (({ durationMs }) => onCheck(durationMs));
  return createGuard({ schemes: [scheme], onDecision });
}

/** The ceiling: everything that `protect` does, but for finding out who it is. */
function constantGuard(before: () => Promise<void>): Guard {
  const result: AuthResult = {
    ok: true,
    user: { userId: "somebody", email: null, name: null },
    expiresAt: new Date(Date.now() + 1_000_000),
    scheme: "session",
  };
  return {
    async authenticate() {
      await before();
      return result;
    },
    denial() {
      throw new Error("the constant identity is never refused");
    },
    authority: () => "ok",
    close: async () => {},
  };
}

const sessionAnswer = z.object({ user: z.object({ id: z.string() }) }).nullable();

function sessionOwner(body: unknown): string | undefined {
  return sessionAnswer.parse(body)?.user.id;
}

type ReadHeader = (name: string) => string;
type Owner = string | undefined;

function bearer(verify: (token: string) => { sub?: string } | Promise<{ sub?: string }>) {
  return async (header: ReadHeader): Promise<Owner> =>
    (await verify(header("authorization").slice("Bearer ".length))).sub;
}

/** What people write around a library, with the same comparison of path and credential. */
function byHand(ownerOf: (header: ReadHeader) => Promise<Owner>): MiddlewareHandler {
  return async (c, next) => {
    let owner: Owner;
    try {
      owner = await ownerOf((name) => c.req.header(name) ?? "");
    } catch {
      return c.json({ error: "unauthorized" }, 401);
    }
    if (owner !== c.req.param("user_id")) return c.json({ error: "forbidden" }, 403);
    return await next();
  };
}
