import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { deriveServiceKey, sallyport } from "sallyport/better-auth";
import * as z from "zod";
import { listen } from "./listen.ts";

const tokenAnswer = z.object({ access_token: z.string() });

export interface SignedUp {
  userId: string;
  /** The value of the Cookie header. */
  cookie: string;
}

interface SessionRow {
  userId: string;
  expiresAt: Date;
}

export interface AuthServer {
  url: string;
  secret: string;
  serviceKey: string;
  signUp(name?: string): Promise<SignedUp>;
  signIn(name: string): Promise<SignedUp>;
  signOut(user: SignedUp): Promise<void>;
  /** A token for this session, for the api at `audience`. */
  issueToken(user: SignedUp): Promise<string>;
  /** Better Auth's own rows: to be changed behind its back. */
  rows: { session: SessionRow[]; user: { id: string }[] };
  /** Stops answering: connections are refused. */
  stop(): Promise<void>;
  /** Answers again, on the same address. */
  resume(): Promise<void>;
}

/** A real Better Auth over real HTTP, with its rows in memory. */
export async function startAuthServer(audience: string): Promise<AuthServer> {
  const secret = "a secret that serves in tests and nowhere else";
  const rows: AuthServer["rows"] = { session: [], user: [] };
  const database = Object.assign(rows, { account: [], verification: [] });
  let handle: ReturnType<typeof toNodeHandler> | undefined;
  let server = createServer((request, response) => handle?.(request, response));
  const port = await listen(server);
  const url = `http://localhost:${port}`;
  const auth = betterAuth({
    baseURL: url,
    secret,
    database: memoryAdapter(database),
    emailAndPassword: { enabled: true },
    rateLimit: { enabled: false },
    advanced: { disableOriginCheck: false },
    telemetry: { enabled: false },
    plugins: [sallyport({ token: { audience } })],
  });
  handle = toNodeHandler(auth);

  async function post(path: string, body: object, cookie?: string): Promise<Response> {
    const response = await fetch(`${url}/api/auth${path}`, {
      method: "POST",
      headers: { "content-type": "application/json", origin: url, ...(cookie && { cookie }) },
      body: JSON.stringify(body),
    });
    assert.equal(response.status, 200, await response.clone().text());
    return response;
  }

  async function signedUp(response: Response): Promise<SignedUp> {
    const [cookie = ""] = response.headers.getSetCookie().map((line) => line.split(";")[0]);
    const body: unknown = await response.json();
    assert.ok(isWithUser(body));
    return { userId: body.user.id, cookie };
  }

  let count = 0;
  const password = "correct horse battery staple";
  const email = (name: string) => `${name}@example.com`;
  return {
    url,
    secret,
    serviceKey: deriveServiceKey(secret),
    async signUp(name = `user-${++count}`) {
      return signedUp(await post("/sign-up/email", { name, email: email(name), password }));
    },
    async signIn(name) {
      return signedUp(await post("/sign-in/email", { email: email(name), password }));
    },
    async signOut({ cookie }) {
      await post("/sign-out", {}, cookie);
    },
    async issueToken({ cookie }) {
      const response = await fetch(`${url}/api/auth/sallyport/token`, { headers: { cookie } });
      assert.equal(response.status, 200);
      return tokenAnswer.parse(await response.json()).access_token;
    },
    rows,
    stop: () => close(server),
    async resume() {
      server = createServer((request, response) => handle?.(request, response));
      await listen(server, port);
    },
  };
}

function isWithUser(body: unknown): body is { user: { id: string } } {
  return (
    typeof body === "object" &&
    body !== null &&
    "user" in body &&
    typeof body.user === "object" &&
    body.user !== null &&
    "id" in body.user &&
    typeof body.user.id === "string"
  );
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  server.close();
  server.closeAllConnections();
  await once(server, "close");
}
