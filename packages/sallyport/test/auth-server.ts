import { createServer, type RequestListener } from "node:http";
import type { AddressInfo } from "node:net";
import { type BetterAuthOptions, type BetterAuthPlugin, betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins/jwt";
import {
  deriveServiceKey,
  handleSessionLookUps,
  sallyport,
  type TokenOptions,
} from "../src/better-auth.ts";

export const secret = "a-secret-of-the-tests-alone-0123456789";
export const serviceKey = deriveServiceKey(secret);

const password = "correct horse battery";

/** For tests that are not about time: a machine that is busy is no outage. */
export const patientMs = 5_000;

let clients = 0;

/** The header of a client that nobody has seen: Better Auth's limiter is one for all of a process. */
export function fromNewAddress(): Record<string, string> {
  clients += 1;
  return { "x-client-address": `198.18.${clients >> 8}.${clients & 255}` };
}

/** Serves on a free loopback port until `close`; open connections do not hold it up. */
export async function serve(listener: RequestListener, port = 0) {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  const { port: bound } = server.address() as AddressInfo;
  return {
    port: bound,
    url: `http://127.0.0.1:${bound}`,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export interface SignedIn {
  userId: string;
  /** Ready for a Cookie header. */
  cookie: string;
}

interface SessionRow {
  id: string;
  userId: string;
  token: string;
  expiresAt: Date;
}

interface UserRow {
  id: string;
  email: string;
  name: string;
  emailVerified: boolean;
}

interface Tables extends Record<string, object[]> {
  user: UserRow[];
  session: SessionRow[];
}

interface AuthServerOptions {
  secure?: boolean;
  cookiePrefix?: string;
  customRules?: NonNullable<NonNullable<BetterAuthOptions["rateLimit"]>["customRules"]>;
  issuesJwts?: boolean;
  token?: TokenOptions | undefined;
  plugins?: BetterAuthPlugin[];
  /** Answers batches before Better Auth's own handler is asked. */
  answersBatchesFirst?: boolean;
  settings?: Pick<
    BetterAuthOptions,
    "baseURL" | "basePath" | "emailVerification" | "secrets" | "session" | "user"
  >;
}

/** A real Better Auth on the memory adapter, over real HTTP, and ways to sign in and out. */
export async function startBetterAuth({
  secure = false,
  cookiePrefix = "better-auth",
  customRules = {},
  issuesJwts = false,
  token,
  plugins = [],
  answersBatchesFirst = false,
  settings = {},
}: AuthServerOptions = {}) {
  const tables: Tables = {
    user: [],
    session: [],
    account: [],
    verification: [],
    jwks: [],
  };
  let storageFails = false;
  let storageReads = 0;
  const database = (options: BetterAuthOptions) =>
    new Proxy(memoryAdapter(tables)(options), {
      get(adapter, name, receiver) {
        if (storageFails) throw new Error("storage is down");
        if (name === "findOne" || name === "findMany") storageReads += 1;
        return Reflect.get(adapter, name, receiver);
      },
    });
  const seen: { url: string | undefined; headers: NodeJS.Dict<string | string[]> }[] = [];
  let handler: RequestListener = (_request, response) => void response.writeHead(503).end();
  const server = await serve((request, response) => {
    seen.push({ url: request.url, headers: request.headers });
    handler(request, response);
  });
  const baseURL = `${secure ? "https" : "http"}://127.0.0.1:${server.port}`;
  const auth = betterAuth({
    baseURL,
    secret,
    ...settings,
    database,
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: true, customRules },
    logger: { level: "error" },
    advanced: {
      cookiePrefix,
      disableOriginCheck: false,
      ipAddress: { ipAddressHeaders: ["x-client-address"] },
    },
    // A database has null in a column that was never written; the memory adapter has nothing.
    databaseHooks: {
      user: { create: { before: async (user) => ({ data: { ...user, image: null } }) } },
    },
    plugins: [
      sallyport({ token }),
      ...(issuesJwts ? [jwt({ disableSettingJwtHeader: true })] : []),
      ...plugins,
    ],
  });
  const handleAuth = toNodeHandler(auth);
  const handleLookUps = answersBatchesFirst ? handleSessionLookUps(auth) : async () => false;
  handler = async (request, response) => {
    if (!(await handleLookUps(request, response))) await handleAuth(request, response);
  };

  async function post(path: string, cookie: string, body: object = {}) {
    const response = await auth.handler(
      new Request(`${baseURL}/api/auth${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", origin: baseURL, cookie },
        body: JSON.stringify(body),
      }),
    );
    if (!response.ok) throw new Error(`POST ${path} answered ${response.status}`);
    return response;
  }

  return {
    url: `${server.url}/api/auth`,
    origin: server.url,
    port: server.port,
    /** Every request that arrived over HTTP. */
    seen,
    auth,
    /** What is stored. */
    tables,
    /** How often storage has been read. */
    storageReads: () => storageReads,
    /** From now on storage fails every call, or works again. */
    failStorage(fails: boolean) {
      storageFails = fails;
    },
    /** Lets the user's session end at a time of choice; without one, it has ended. */
    expire(user: SignedIn, at = new Date(Date.now() - 1)) {
      for (const session of tables.session) {
        if (session.userId === user.userId) session.expiresAt = at;
      }
    },
    /** Gives the user's session a token from elsewhere, so that one cookie opens it here and there. */
    retoken(user: SignedIn, token: string) {
      for (const session of tables.session) {
        if (session.userId === user.userId) session.token = token;
      }
    },
    async signUp(name: string): Promise<SignedIn> {
      const { headers, response } = await auth.api.signUpEmail({
        body: { name, email: `${name}@example.com`, password },
        returnHeaders: true,
      });
      const cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
      return { userId: response.user.id, cookie };
    },
    signOut: (user: SignedIn) => post("/sign-out", user.cookie),
    deleteUser: (user: SignedIn) => post("/delete-user", user.cookie, { password }),
    close: server.close,
  };
}

export type BetterAuthServer = Awaited<ReturnType<typeof startBetterAuth>>;
