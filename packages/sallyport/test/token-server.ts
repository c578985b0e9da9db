import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import * as z from "zod";
import { fromNewAddress, type SignedIn, startBetterAuth } from "./auth-server.ts";
import { audience } from "./token-backend.ts";

/** A real Better Auth that issues tokens. */
export async function startTokenServer(
  t: TestContext,
  options: Parameters<typeof startBetterAuth>[0] = {},
) {
  const server = await startBetterAuth({ token: { audience }, ...options });
  t.after(server.close);

  /** Asks for a token, as a client of its own. */
  function ask(cookie: string, headers: Record<string, string> = {}) {
    return fetch(`${server.url}/sallyport/token`, {
      headers: { ...fromNewAddress(), cookie, ...headers },
    });
  }

  return {
    ...server,
    ask,
    async tokenFor({ cookie }: SignedIn): Promise<string> {
      return (await readToken(await ask(cookie))).access_token;
    },
  };
}

const tokenBody = z.strictObject({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int().positive(),
});

export async function readToken(response: Response) {
  assert.equal(response.status, 200);
  return tokenBody.parse(await response.json());
}

/** Status and code, of an answer that is a problem, for nobody to keep and with no cookie. */
export async function readRefusal(response: Response): Promise<string> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assert.equal(response.headers.get("cache-control"), "no-store");
  assert.deepEqual(response.headers.getSetCookie(), []);
  const body = z.object({ error_code: z.string() }).parse(await response.json());
  return `${response.status} ${body.error_code}`;
}
