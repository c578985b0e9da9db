import type { TestContext } from "node:test";
import { serve } from "@hono/node-server";
import * as z from "zod";
import { createGuard } from "../src/index.ts";
import { type JwtOptions, jwt } from "../src/jwt.ts";
import { protect } from "../src/web.ts";

/** Where the tokens of these tests are meant for. */
export const audience = "http://localhost:8000";

const answerBody = z.union([
  z.object({ userId: z.string() }).transform(({ userId }) => userId),
  z.object({ error_code: z.string() }).transform(({ error_code }) => error_code),
]);

/** A backend over HTTP that takes tokens, and how it answers one: the user's id, or the error code. */
export async function startTokenBackend(t: TestContext, options: JwtOptions) {
  const guard = createGuard({ schemes: [jwt(options)] });
  const fetchOwned = protect(guard, (_, { user }) => Response.json(user), {
    owner: ([, userId]) => userId,
  });
  const fetchAny = protect(guard, (_, { user }) => Response.json(user));
  const listening = Promise.withResolvers<number>();
  const server = serve(
    {
      fetch: (request) =>
        (new URL(request.url).pathname === "/me" ? fetchAny : fetchOwned)(request),
      port: 0,
      hostname: "127.0.0.1",
    },
    ({ port }) => listening.resolve(port),
  );
  const origin = `http://127.0.0.1:${await listening.promise}`;
  t.after(async () => {
    await new Promise((resolve) => server.close(resolve));
    await guard.close();
  });

  async function call(token: string, path = "/me"): Promise<string> {
    const response = await fetch(origin + path, { headers: { authorization: `Bearer ${token}` } });
    return `${response.status} ${answerBody.parse(await response.json())}`;
  }
  return { guard, call };
}
