import type { TestContext } from "node:test";
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from "better-auth";
import { getMigrations } from "better-auth/db/migration";
import { toNodeHandler } from "better-auth/node";
import { admin } from "better-auth/plugins/admin";
import { sallyport } from "../src/better-auth.ts";
import { secret, serve, serviceKey } from "./auth-server.ts";
import type { RevocableStorage } from "./revocable-storage.ts";
import { readBatch, sign } from "./session-look-ups.ts";

export const password = "correct horse battery";

interface Options extends Pick<BetterAuthOptions, "databaseHooks" | "logger"> {
  /** The plugin itself among them; default: it alone. */
  plugins?: BetterAuthPlugin[];
}

export interface OpenSession {
  userId: string;
  token: string;
  /** Ready for a Cookie header. */
  cookie: string;
}

export interface Call {
  path: string;
  /** Without one it is a GET. */
  body?: object;
  /** Whose session it carries. */
  by?: OpenSession;
}

/** A real Better Auth on storage that can be broken, over HTTP. */
export async function startRevocations(
  t: TestContext,
  { options }: RevocableStorage,
  { plugins = [sallyport()], databaseHooks = {}, logger = { disabled: true } }: Options = {},
) {
  const server = await serve((request, response) => void handle(request, response));
  t.after(server.close);
  const auth = betterAuth({
    ...options,
    baseURL: server.url,
    secret,
    databaseHooks,
    emailAndPassword: {
      enabled: true,
      // Nobody attacks these, and a real hash takes its time.
      password: {
        hash: async (text) => `hash of ${text}`,
        verify: async ({ hash, password: text }) => hash === `hash of ${text}`,
      },
    },
    user: { deleteUser: { enabled: true } },
    rateLimit: { enabled: false },
    logger,
    plugins: [...plugins, admin()],
  });
  const handle = toNodeHandler(auth);
  if (typeof options.database === "object") {
    await (await getMigrations(auth.options)).runMigrations();
  }
  const { internalAdapter, authCookies } = await auth.$context;
  const url = `${server.url}/api/auth`;

  function opened({ userId, token }: Pick<OpenSession, "userId" | "token">): OpenSession {
    const cookie = `${authCookies.sessionToken.name}=${encodeURIComponent(sign(token))}`;
    return { userId, token, cookie };
  }

  let users = 0;
  async function signUp(): Promise<OpenSession> {
    users += 1;
    const name = `user${users}`;
    const body = { name, email: `${name}@example.com`, password };
    const { token, user } = await auth.api.signUpEmail({ body });
    return opened({ userId: user.id, token: token ?? "" });
  }
  const administrator = await signUp();
  await internalAdapter.updateUser(administrator.userId, { role: "admin" });

  return {
    auth,
    internalAdapter,
    administrator,
    signUp,
    /** Another session of the same user. */
    async signInAgain({ userId }: Pick<OpenSession, "userId">): Promise<OpenSession> {
      return opened(await internalAdapter.createSession(userId));
    },
    /** As in the link of a mail. */
    async mailToken(purpose: "reset-password:" | "delete-account-", { userId }: OpenSession) {
      const token = `token-of-${userId}`;
      const expiresAt = new Date(Date.now() + 60 * 60 * 1000);
      const identifier = `${purpose}${token}`;
      await internalAdapter.createVerificationValue({ identifier, value: userId, expiresAt });
      return token;
    },
    send: ({ path, body, by }: Call) =>
      fetch(`${url}${path}`, {
        headers: {
          origin: server.url,
          ...(by && { cookie: by.cookie }),
          ...(body && { "content-type": "application/json" }),
        },
        ...(body && { method: "POST", body: JSON.stringify(body) }),
      }),
    /** Which of them storage has, as a backend sees it. */
    async open(sessions: readonly OpenSession[]): Promise<boolean[]> {
      const response = await fetch(`${url}/sallyport/sessions`, {
        method: "POST",
        headers: { "content-type": "application/json", "x-sallyport-key": serviceKey },
        body: JSON.stringify({ sessions: sessions.map(({ token }) => sign(token)) }),
      });
      return (await readBatch(response)).map((found) => found !== null);
    },
  };
}

export type RevocationServer = Awaited<ReturnType<typeof startRevocations>>;
