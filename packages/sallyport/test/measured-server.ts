import { serve } from "@hono/node-server";
import { Hono, type MiddlewareHandler } from "hono";
import { protect } from "../src/hono.ts";
import { createGuard } from "../src/index.ts";
import { jwt } from "../src/jwt.ts";
import { setUpMetrics } from "./open-telemetry.ts";
import { fastJwt } from "./token-peers/fast-jwt.ts";
import { jose } from "./token-peers/jose.ts";
import { audience, issuer } from "./token-recipes.ts";
import { secret } from "./token-signing.ts";

const rules = { secret, issuer, audience };

/** The process that is measured: the same route behind one check or another. */
const checks: Record<string, () => MiddlewareHandler | Promise<MiddlewareHandler>> = {
  none: () => (_, next) => next(),
  sallyport: () => protect(createGuard({ schemes: [jwt(rules)] }), { owner: "user_id" }),
  "sallyport with metrics"() {
    setUpMetrics();
    return protect(createGuard({ schemes: [jwt(rules)] }), { owner: "user_id" });
  },
  "fast-jwt": () => byHand(fastJwt(rules)),
  jose: async () => {
    const verify = await jose(rules);
    return byHand(async (token) => (await verify(token)).payload);
  },
};

/** What people write around a library, with the same comparison of path and token. */
function byHand(
  verify: (token: string) => { sub?: string } | Promise<{ sub?: string }>,
): MiddlewareHandler {
  return async (c, next) => {
    try {
      const token = c.req.header("authorization")?.slice("Bearer ".length) ?? "";
      const { sub } = await verify(token);
      if (sub !== c.req.param("user_id")) return c.json({ error: "forbidden" }, 403);
    } catch {
      return c.json({ error: "unauthorized" }, 401);
    }
    return await next();
  };
}

const answer = {
  tasks: [{ id: "0199f2c4-0000-7000-8000-000000000001", title: "Buy milk", completed: false }],
  next_cursor: null,
};

const [, , name = ""] = process.argv;
const check = await checks[name]?.();
if (check === undefined) throw new Error(`there is no check "${name}"`);
const app = new Hono();
app.get("/api/:user_id/tasks", check, (c) => c.json(answer));
serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) => process.send?.({ port }));
process.on("message", () => {
  const { user, system } = process.cpuUsage();
  process.send?.({ cpuMs: (user + system) / 1_000 });
});
process.on("disconnect", () => process.exit());
