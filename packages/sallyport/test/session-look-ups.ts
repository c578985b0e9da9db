import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import type { TestContext } from "node:test";
import * as z from "zod";
import { type SignedIn, secret, serviceKey, startBetterAuth } from "./auth-server.ts";

/** The two places where `POST {auth}/sallyport/sessions` is answered, by the same contract. */
export const hosts = [
  { host: "the plugin's endpoint", answersBatchesFirst: false },
  { host: "the handler before the router", answersBatchesFirst: true },
] as const;

const lookedUp = z.strictObject({
  user: z.strictObject({ id: z.string(), email: z.string().nullable(), name: z.string() }),
  session: z.strictObject({ expiresAt: z.iso.datetime() }),
});

export type LookedUp = z.infer<typeof lookedUp>;

const lookedUpBatch = z.strictObject({ results: z.array(lookedUp.nullable()) });

/** As Better Auth signs: what a session cookie holds, decoded. */
export function sign(token: string, key = secret): string {
  return `${token}.${createHmac("sha256", key).update(token).digest("base64")}`;
}

export function signedSession({ cookie }: Pick<SignedIn, "cookie">): string {
  return decodeURIComponent(cookie.slice(cookie.indexOf("=") + 1));
}

/** A real Better Auth, and what a backend of its asks it. */
export async function startLookUps(
  t: TestContext,
  options: Parameters<typeof startBetterAuth>[0] = {},
) {
  const server = await startBetterAuth(options);
  t.after(server.close);

  /** With the service key, unless `headers` has another. */
  function post(body: string, headers: Record<string, string> = {}) {
    return fetch(`${server.url}/sallyport/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-sallyport-key": serviceKey, ...headers },
      body,
    });
  }
  const ask = (sessions: unknown) => post(JSON.stringify({ sessions }));

  return {
    ...server,
    post,
    ask,
    async lookUp(sessions: readonly string[]): Promise<(LookedUp | null)[]> {
      return readBatch(await ask(sessions));
    },
    /** What is to be said of a user's one session. */
    describe({ userId }: SignedIn): LookedUp {
      const session = server.tables.session.find((row) => row.userId === userId);
      const user = server.tables.user.find(({ id }) => id === userId);
      assert.ok(session !== undefined && user !== undefined);
      const { id, email, name } = user;
      return { user: { id, email, name }, session: { expiresAt: session.expiresAt.toISOString() } };
    },
    /** Users with a session each, past the password's hash. */
    async addSessions(count: number): Promise<string[]> {
      const { internalAdapter } = await server.auth.$context;
      const signed: string[] = [];
      for (let index = 0; index < count; index += 1) {
        const name = `user${index}`;
        const user = await internalAdapter.createUser(
          { name, email: `${name}@many.example` },
          { method: "email-password" },
        );
        const { token } = await internalAdapter.createSession(user.id);
        signed.push(sign(token));
      }
      return signed;
    },
    async ban({ userId }: SignedIn) {
      const { internalAdapter } = await server.auth.$context;
      await internalAdapter.updateUser(userId, { banned: true });
    },
  };
}

export async function readBatch(response: Response): Promise<(LookedUp | null)[]> {
  assert.equal(response.status, 200);
  return lookedUpBatch.parse(await response.json()).results;
}

export async function readLookedUp(response: Response): Promise<LookedUp> {
  assert.equal(response.status, 200);
  return lookedUp.parse(await response.json());
}

const problem = z.strictObject({
  type: z.url(),
  title: z.string(),
  status: z.number(),
  detail: z.string().optional(),
  error_code: z.string(),
  message: z.string(),
  request_id: z.uuid(),
});

/** Status and code of an answer that is the project's problem document (RFC 9457), and nobody's to keep. */
export async function readProblem(response: Response): Promise<string> {
  assert.equal(response.headers.get("content-type"), "application/problem+json");
  assertPrivate(response.headers);
  const body = problem.parse(await response.json());
  assert.equal(body.status, response.status);
  assert.equal(body.message, body.title);
  assert.ok(body.type.endsWith(`#${body.error_code}`), body.type);
  return `${response.status} ${body.error_code}`;
}

/** For one caller alone: not to be stored, guessed at, read by another origin, or bound to a cookie. */
export function assertPrivate(headers: Headers): void {
  assert.equal(headers.get("cache-control"), "no-store");
  assert.equal(headers.get("x-content-type-options"), "nosniff");
  assert.equal(headers.get("access-control-allow-origin"), null);
  assert.deepEqual(headers.getSetCookie(), []);
}
