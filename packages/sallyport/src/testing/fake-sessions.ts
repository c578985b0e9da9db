import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";

const lifetimeMs = 7 * 24 * 60 * 60 * 1000;

export interface FakeUser {
  id: string;
  email: string;
  name: string;
}

/** A user as Better Auth stores it, and puts it in its answers and tokens. */
interface StoredUser extends FakeUser {
  emailVerified: boolean;
  image: null;
  createdAt: Date;
  updatedAt: Date;
}

interface Session {
  user: StoredUser;
  id: string;
  token: string;
  createdAt: Date;
  expiresAt: Date;
}

/** What the plugin finds, and tells of it. */
export type FoundSession = Pick<Session, "user" | "expiresAt">;

/** What `get-session` finds for a cookie: nothing that was signed here, a session or its absence. */
export type Finding =
  | { kind: "unsigned" }
  | { kind: "gone" }
  | { kind: "session"; body: { session: object; user: object } };

export type FakeSessions = ReturnType<typeof createFakeSessions>;

/** Sessions in memory, and their signed cookies in the form that Better Auth writes and reads. */
export function createFakeSessions({ cookieName, secret }: { cookieName: string; secret: string }) {
  const sessions = new Map<string, Session>();

  function sign(token: string): Buffer {
    return createHmac("sha256", secret).update(token).digest();
  }

  function signed(token: string): string {
    return `${token}.${sign(token).toString("base64")}`;
  }

  function verifiedToken(cookieHeader: string): string | null {
    const value = readCookie(cookieHeader, cookieName);
    const dot = value.lastIndexOf(".");
    const [token, encoded] = [value.slice(0, Math.max(dot, 0)), value.slice(dot + 1)];
    if (token === "" || !/^[A-Za-z0-9+/]{43}=$/.test(encoded)) return null;
    return timingSafeEqual(Buffer.from(encoded, "base64"), sign(token)) ? token : null;
  }

  /** The plugin takes a signature in the one spelling that it was written in. */
  function findSigned(value: string): FoundSession | null {
    const token = value.slice(0, Math.max(value.lastIndexOf("."), 0));
    const session = sessions.get(token);
    if (session === undefined || value !== signed(token)) return null;
    return session.expiresAt > new Date() ? session : null;
  }

  function find(cookieHeader: string): Session | undefined {
    return sessions.get(verifiedToken(cookieHeader) ?? "");
  }

  return {
    findSigned,
    /** As the plugin reads cookies: two values of a name are none. */
    findOnly(cookieHeader: string): FoundSession | null {
      const [value, ...others] = new Set(readCookies(cookieHeader, cookieName));
      return value === undefined || others.length > 0 ? null : findSigned(decode(value));
    },
    /** A new session: its user, and the pair that a `Cookie` header has for it. */
    open({ id, email, name }: FakeUser): { user: StoredUser; cookie: string } {
      const token = randomId();
      const createdAt = new Date();
      const expiresAt = new Date(createdAt.getTime() + lifetimeMs);
      const times = { createdAt, updatedAt: createdAt };
      const user = { id, email, name, emailVerified: false, image: null, ...times };
      sessions.set(token, { user, id: randomId(), token, createdAt, expiresAt });
      return { user, cookie: `${cookieName}=${encodeURIComponent(signed(token))}` };
    },
    revoke(cookieHeader: string): void {
      sessions.delete(find(cookieHeader)?.token ?? "");
    },
    expire(cookieHeader: string): void {
      const session = find(cookieHeader);
      if (session) session.expiresAt = new Date(Date.now() - 1);
    },
    lookUp(cookieHeader: string): Finding {
      if (verifiedToken(cookieHeader) === null) return { kind: "unsigned" };
      const found = find(cookieHeader);
      if (found === undefined || found.expiresAt <= new Date()) return { kind: "gone" };
      const { user, ...session } = found;
      const updatedAt = session.createdAt;
      return {
        kind: "session",
        body: {
          session: { ...session, updatedAt, userId: user.id, ipAddress: "", userAgent: "" },
          user,
        },
      };
    },
  };
}

/** In the alphabet and length of Better Auth's own ids and tokens. */
export function randomId(): string {
  const letters = randomBytes(64)
    .toString("base64")
    .replace(/[^A-Za-z0-9]/g, "");
  return letters.slice(0, 32);
}

/** As Better Auth reads it: the first of a name counts, quotes are taken off, then it is decoded. */
function readCookie(header: string, name: string): string {
  const [value = ""] = readCookies(header, name);
  return decode(value.startsWith('"') ? value.slice(1, -1) : value);
}

function readCookies(header: string, name: string): string[] {
  return header.split(";").flatMap((pair) => {
    const equals = pair.indexOf("=");
    if (equals === -1 || pair.slice(0, equals).trim() !== name) return [];
    return pair.slice(equals + 1).trim();
  });
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
