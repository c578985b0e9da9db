import assert from "node:assert/strict";
import type { TestContext } from "node:test";
import { type BetterAuthOptions, betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { type AdminOptions, admin } from "better-auth/plugins/admin";
import * as z from "zod";
import { sallyport } from "../src/better-auth.ts";
import { secret, serve, serviceKey } from "./auth-server.ts";
import { type LookedUp, readBatch, sign } from "./session-look-ups.ts";

type Options = Omit<BetterAuthOptions, "plugins" | "secret"> & {
  adminSchema?: AdminOptions["schema"];
};

/** What get-session says, as far as a look-up says it too. */
const getSessionBody = z
  .object({
    user: z.object({ id: z.string(), email: z.string(), name: z.string(), banned: z.boolean() }),
    session: z.object({ expiresAt: z.iso.datetime() }),
  })
  .nullable();

/** A real Better Auth on storage of any kind, over HTTP, with sessions in every state in it. */
export async function startStoredSessions(t: TestContext, { adminSchema, ...options }: Options) {
  const server = await serve((request, response) => void handle(request, response));
  t.after(server.close);
  const auth = betterAuth({
    baseURL: server.url,
    secret,
    rateLimit: { enabled: false },
    logger: { disabled: true },
    ...options,
    plugins: [sallyport(), admin({ schema: adminSchema })],
  });
  const handle = toNodeHandler(auth);
  if (typeof options.database === "object") {
    await (await getMigrations(auth.options)).runMigrations();
  }
  const { internalAdapter, authCookies } = await auth.$context;
  const url = `${server.url}/api/auth`;

  async function signIn(name: string, expiresAt: Date) {
    const user = await internalAdapter.createUser(
      { name, email: `${encodeURIComponent(name)}@example.com` },
      { method: "email-password" },
    );
    return {
      userId: user.id,
      token: (await internalAdapter.createSession(user.id, false, { expiresAt }, true)).token,
    };
  }

  /** Signed, by what has become of each. */
  async function fill(): Promise<Record<string, string>> {
    const inAnHour = new Date(Date.now() + 60 * 60 * 1000);
    const live = await signIn('Grace "O\'Hopper" \u2728', inAnHour);
    const users = {
      due: await signIn("due for a refresh", inAnHour),
      expired: await signIn("expired", new Date(Date.now() - 1000)),
      revoked: await signIn("revoked", inAnHour),
      "revoked everywhere": await signIn("revoked everywhere", inAnHour),
      deleted: await signIn("deleted", inAnHour),
      banned: await signIn("banned", inAnHour),
      "banned no more": await signIn("banned no more", inAnHour),
    };
    const second = await internalAdapter.createSession(live.userId);
    await internalAdapter.deleteSession(users.revoked.token);
    await internalAdapter.deleteUserSessions(users["revoked everywhere"].userId);
    await internalAdapter.deleteUser(users.deleted.userId);
    await internalAdapter.updateUser(users.banned.userId, { banned: true });
    await internalAdapter.updateUser(users["banned no more"].userId, { banned: true });
    await internalAdapter.updateUser(users["banned no more"].userId, { banned: false });
    return {
      live: sign(live.token),
      "a second one": sign(second.token),
      "never stored": sign("t".repeat(32)),
      ...Object.fromEntries(Object.entries(users).map(([what, { token }]) => [what, sign(token)])),
    };
  }

  const ask = (sessions: readonly string[]) =>
    fetch(`${url}/sallyport/sessions`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-sallyport-key": serviceKey },
      body: JSON.stringify({ sessions }),
    });

  /** Better Auth's own answer, which deletes what has expired. */
  async function getSession(signed: string): Promise<LookedUp | null> {
    const cookie = `${authCookies.sessionToken.name}=${encodeURIComponent(signed)}`;
    const query = "disableCookieCache=true&disableRefresh=true";
    const response = await fetch(`${url}/get-session?${query}`, { headers: { cookie } });
    assert.equal(response.status, 200);
    const found = getSessionBody.parse(await response.json());
    // Better Auth heeds a ban at sign-in alone; to a look-up the session is none from then on.
    if (found === null || found.user.banned) return null;
    const { id, email, name } = found.user;
    return { user: { id, email, name }, session: found.session };
  }

  return {
    internalAdapter,
    signIn,
    fill,
    ask,
    lookUp: async (sessions: readonly string[]) => readBatch(await ask(sessions)),
    getSession,
  };
}

/** Of those that `fill` makes. */
export const liveOnes = ["live", "a second one", "due", "banned no more"];
