import { once } from "node:events";
import { type ServerType, serve } from "@hono/node-server";
import type { ErrorHandler } from "hono";
import { HTTPException } from "hono/http-exception";
import {
  type FakeBetterAuth,
  type FakeBetterAuthOptions,
  type FakeSession,
  type Fault,
  fakeBetterAuth,
  faults,
  unresolvableUrl,
} from "../src/testing.ts";
import { betterAuthOauth2 } from "./peers/better-auth-oauth2.ts";
import { getSession } from "./peers/get-session.ts";
import { honoJwk } from "./peers/hono-jwk.ts";
import { sallyport } from "./peers/sallyport.ts";

/** How long a client waits for its answer. */
export const patienceMs = 10_000;

/** What there is of a Hono app, whatever variables it has. */
interface App {
  fetch(request: Request): Response | Promise<Response>;
  onError(handler: ErrorHandler): unknown;
}

interface Peer {
  name: string;
  /** In `test/peers`, without its extension. */
  file: string;
  credential: "cookie" | "jwt";
  create(authUrl: string): App;
}

export const peers = [
  { name: "sallyport", file: "sallyport", credential: "cookie", create: sallyport },
  { name: "fetch get-session", file: "get-session", credential: "cookie", create: getSession },
  { name: "hono/jwk", file: "hono-jwk", credential: "jwt", create: honoJwk },
  {
    name: "better-auth/oauth2",
    file: "better-auth-oauth2",
    credential: "jwt",
    create: betterAuthOauth2,
  },
] satisfies Peer[];

/** What a peer made of a valid credential while the authority was in trouble. */
export type Outcome =
  | { kind: "answered"; status: number; elapsedMs: number }
  | { kind: "hangs" }
  /** 200, and what the authority had said, at whatever length, was that the credential is good. */
  | { kind: "let in rightly" }
  /** 200, and the authority had said no such thing. */
  | { kind: "let in wrongly"; as: "the user" | "somebody else" }
  /** The fault is in what a session's answer says, and this peer reads keys. */
  | { kind: "not met" };

export interface Row {
  fault: string;
  /** In the order of `peers`. */
  outcomes: Outcome[];
}

/** What only the answer to `get-session` can have. */
const sessionFaults: readonly string[] = [
  "wrong-types",
  "another-token",
  "another-user",
  "expired-session",
] satisfies Fault[];
/** The true answer, only more of it or elsewhere. */
const trueAnswers: readonly string[] = [
  "no fault",
  "redirect-301",
  "redirect-302",
  "redirect-307",
  "huge-body",
  "gzip-bomb",
  "set-cookie-storm",
] satisfies ("no fault" | Fault)[];

interface Trouble {
  name: string;
  options?: FakeBetterAuthOptions;
  authUrl?: string;
  begin(auth: FakeBetterAuth): Promise<void>;
}

const troubles: Trouble[] = [
  { name: "no fault", begin: async () => {} },
  ...faults.map((fault) => ({ name: fault, begin: (auth: FakeBetterAuth) => auth.fail(fault) })),
  { name: "unresolvable-name", authUrl: unresolvableUrl, begin: async () => {} },
  { name: "untrusted-certificate", options: { https: true }, begin: async () => {} },
];

/** Every fault against every peer. Each meets it with a new instance of the peer at a new address. */
export async function compareOutages(): Promise<Row[]> {
  const rows: Row[] = [];
  for (const trouble of troubles) {
    const outcomes = await Promise.all(peers.map((peer) => meet(peer, trouble)));
    rows.push({ fault: trouble.name, outcomes });
  }
  return rows;
}

async function meet(peer: Peer, trouble: Trouble): Promise<Outcome> {
  if (peer.credential === "jwt" && sessionFaults.includes(trouble.name)) return { kind: "not met" };
  const auth = await fakeBetterAuth(trouble.options);
  const session = auth.signIn();
  const backend = await listen(peer.create(trouble.authUrl ?? auth.url));
  await trouble.begin(auth);
  try {
    return await ask(backend.url, {
      session,
      credential: peer.credential,
      isTrue: trueAnswers.includes(trouble.name),
    });
  } finally {
    backend.close();
    await auth.close();
  }
}

async function ask(
  url: string,
  { session, credential, isTrue }: { session: FakeSession; credential: string; isTrue: boolean },
): Promise<Outcome> {
  const headers: HeadersInit =
    credential === "cookie"
      ? { cookie: session.cookie }
      : { authorization: `Bearer ${session.jwt}` };
  const startedAt = performance.now();
  try {
    const response = await fetch(url, { headers, signal: AbortSignal.timeout(patienceMs) });
    const body = await response.text();
    const { status } = response;
    if (status !== 200)
      return { kind: "answered", status, elapsedMs: performance.now() - startedAt };
    const isTheUser = body === JSON.stringify({ user: session.user.id });
    if (isTrue && isTheUser) return { kind: "let in rightly" };
    return { kind: "let in wrongly", as: isTheUser ? "the user" : "somebody else" };
  } catch (error) {
    if (error instanceof DOMException && error.name === "TimeoutError") return { kind: "hangs" };
    throw error;
  }
}

async function listen(app: App) {
  // As Hono does by itself, but without the stack trace on the console.
  app.onError((error, c) =>
    error instanceof HTTPException ? error.getResponse() : c.text("Internal Server Error", 500),
  );
  const server: ServerType = serve({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" });
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port");
  return {
    url: `http://127.0.0.1:${address.port}/tasks`,
    close() {
      server.close();
      if ("closeAllConnections" in server) server.closeAllConnections();
    },
  };
}
