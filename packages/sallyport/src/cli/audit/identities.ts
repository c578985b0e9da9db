import { type JsonWebKey, randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import * as z from "zod";
import { NotPossible } from "./case.ts";
import { waitSeconds } from "./exchange.ts";

/** How somebody signs in: what the audit made up, or was given. */
export type Identity =
  | { email: string; password: string; isOwn: boolean }
  /** A session of somebody who is signed in already: `name=value`. */
  | { cookie: string };

/** Somebody who is signed in. */
export interface Session {
  userId: string;
  email: string;
  /** The session cookie, `name=value`. */
  cookie: string;
  /** All that Better Auth set, as a browser sends it; the cookie cache is among it. */
  allCookies: string;
  /** Empty in session mode. */
  token: string;
}

const attempts = 4;
const requestTimeoutMs = 15_000;

const found = z.object({ user: z.object({ id: z.string().min(1), email: z.string() }) });
const tokenAnswer = z.union([
  z.object({ access_token: z.string() }).transform(({ access_token }) => access_token),
  z.object({ token: z.string() }).transform(({ token }) => token),
]);
const keySet = z.object({ keys: z.array(z.looseObject({ kty: z.string() })) });

export type AuthServer = ReturnType<typeof createAuthServer>;

/** Better Auth as its own pages use it. */
export function createAuthServer(authUrl: string, mode: "session" | "jwt") {
  const { origin } = new URL(authUrl);

  /** Better Auth lets three of a kind sign up or in within ten seconds: what it says is waited for. */
  async function call(path: string, init: RequestInit = {}): Promise<Response> {
    for (let attempt = 1; ; attempt++) {
      const response = await fetch(`${authUrl}${path}`, {
        ...init,
        redirect: "manual",
        signal: AbortSignal.timeout(requestTimeoutMs),
      }).catch((cause) => {
        throw new NotPossible(`${authUrl} gave no answer`, { cause });
      });
      if (response.status !== 429 || attempt === attempts) return response;
      await pause(1_000 * waitSeconds(response.headers));
    }
  }
  function post(path: string, body: object, cookie?: string): Promise<Response> {
    const headers = { "Content-Type": "application/json", Origin: origin };
    return call(path, {
      method: "POST",
      headers: { ...headers, ...(cookie !== undefined && { Cookie: cookie }) },
      body: JSON.stringify(body),
    });
  }

  async function open(cookie: string, allCookies = cookie): Promise<Session> {
    const answer = await call("/get-session", { headers: { Cookie: cookie } });
    const parsed = found.safeParse(answer.ok ? await answer.json() : null);
    if (!parsed.success) throw new NotPossible(`get-session answered ${answer.status}, no session`);
    const { id, email } = parsed.data.user;
    const token = mode === "jwt" ? await fetchToken(cookie) : "";
    return { userId: id, email, cookie, allCookies, token };
  }

  async function fetchToken(cookie: string): Promise<string> {
    for (const path of ["/sallyport/token", "/token"]) {
      const answer = await call(path, { headers: { Cookie: cookie } });
      const parsed = tokenAnswer.safeParse(answer.ok ? await answer.json() : null);
      if (parsed.success) return parsed.data;
    }
    throw new NotPossible("Better Auth issues no token at /sallyport/token or /token");
  }

  return {
    origin,
    /** A new user of the audit's own. */
    async signUp(name: string): Promise<{ identity: Identity; session: Session }> {
      const email = `${name}@example.com`;
      const password = randomBytes(18).toString("base64url");
      const answer = await post("/sign-up/email", { name, email, password });
      const cookie = sessionCookie(answer);
      if (!answer.ok || cookie === undefined) {
        throw new NotPossible(
          `sign-up answered ${answer.status} and opened no session; give two identities (--help)`,
        );
      }
      return {
        identity: { email, password, isOwn: true },
        session: await open(cookie, allCookies(answer)),
      };
    },
    async signIn(identity: Identity): Promise<Session> {
      if ("cookie" in identity) return open(identity.cookie);
      const { email, password } = identity;
      const answer = await post("/sign-in/email", { email, password });
      const cookie = sessionCookie(answer);
      if (!answer.ok || cookie === undefined) {
        throw new NotPossible(`sign-in answered ${answer.status}`);
      }
      return open(cookie, allCookies(answer));
    },
    async renew(session: Session): Promise<Session> {
      return { ...session, token: await fetchToken(session.cookie) };
    },
    /** Whether Better Auth says that it is done. */
    async end(path: string, session: Session, body: object = {}): Promise<boolean> {
      const answer = await post(path, body, session.cookie);
      return answer.ok;
    },
    /** The keys of the `jwt` plugin; none where it is not in use. */
    async publicKeys(): Promise<JsonWebKey[]> {
      const answer = await call("/jwks");
      if (!answer.ok) return [];
      const parsed = keySet.safeParse(await answer.json().catch(() => undefined));
      return parsed.success ? parsed.data.keys : [];
    },
  };
}

const cookiePairs = ({ headers }: Response) =>
  headers.getSetCookie().map((line) => line.split(";", 1)[0] ?? "");
const allCookies = (answer: Response) => cookiePairs(answer).join("; ");

function sessionCookie(answer: Response): string | undefined {
  return cookiePairs(answer).find((pair) => /session_token=./.test(pair));
}

/**
 * Two lines, each `e-mail password` or a session's `cookie-name=value`. Undefined for anything else.
 */
export function parseIdentities(text: string): [Identity, Identity] | undefined {
  const [first, second, ...rest] = text
    .split("\n")
    .map((line) => line.trim())
    .filter((line) => line !== "")
    .map(parseIdentity);
  return first && second && rest.length === 0 ? [first, second] : undefined;
}

function parseIdentity(line: string): Identity | undefined {
  const [, email, password] = /^(\S+@\S+)\s+(\S.*)$/.exec(line) ?? [];
  if (email !== undefined && password !== undefined) return { email, password, isOwn: false };
  return /^[^\s=;,]+=[^\s;,]+$/.test(line) ? { cookie: line } : undefined;
}
