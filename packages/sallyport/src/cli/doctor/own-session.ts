import { getSetCookies } from "undici";
import * as z from "zod";
import { parseSignedSession, type SignedSession } from "../../core/signed-session.ts";
import type { HttpAnswer, HttpRequest, Persistence } from "./bounded-client.ts";
import { quote, Unchecked } from "./finding.ts";
import type { DoctorConfig } from "./options.ts";

/** A session that the doctor opened, and ends. */
export interface OwnSession extends SignedSession {
  /** `name=value` of the session cookie alone, as the guard forwards it. */
  cookie: string;
  /** All cookies of the sign-in, as a browser sends them. */
  cookies: string;
  /** The sign-in's answer, `Set-Cookie` and all. */
  answer: HttpAnswer;
  /** From which it was signed in, and will be signed out. */
  origin: string;
}

/** Better Auth refused the credentials, or set no session cookie. */
export class SignInFailed extends Unchecked {}

interface SessionAccess {
  config: DoctorConfig;
  ask(path: string, request: HttpRequest, persistence: Persistence): Promise<HttpAnswer>;
  /** An origin from which Better Auth takes a sign-out; undefined if it takes none. */
  trustedOrigin(): Promise<string | undefined>;
}

export function createOwnSessions({ config, ask, trustedOrigin }: SessionAccess) {
  const open = new Set<OwnSession>();

  async function signOut(session: OwnSession): Promise<boolean> {
    const headers = { cookie: session.cookies, origin: session.origin };
    const { status } = await ask("/sign-out", { method: "POST", headers, body: {} }, "last");
    if (status === 200) open.delete(session);
    return status === 200;
  }

  return {
    async signIn(): Promise<OwnSession> {
      const { credentials } = config;
      if (credentials === undefined) throw new Unchecked("add --email and --password-stdin");
      const origin = await trustedOrigin();
      if (origin === undefined) throw new Unchecked("Better Auth would refuse the sign-out");
      const headers = { origin };
      const request: HttpRequest = { method: "POST", headers, body: credentials };
      const answer = await ask("/sign-in/email", request, "whole");
      if (answer.status === 429) throw new Unchecked("Better Auth limits sign-ins: try again");
      const session = readSession(answer, origin);
      if (session === undefined) throw new SignInFailed(describeRefusal(answer));
      open.add(session);
      return session;
    },
    signOut,
    async signOutAll(): Promise<boolean> {
      let allEnded = true;
      for (const session of open) {
        const ended = await signOut(session).catch(() => false);
        allEnded &&= ended;
      }
      return allEnded;
    },
  };
}

function readSession(answer: HttpAnswer, origin: string): OwnSession | undefined {
  const kept = getSetCookies(answer.headers).filter(({ value }) => value !== "");
  for (const { name, value } of kept) {
    const signed = parseSignedSession(decode(value));
    if (signed === undefined || /session_data|dont_remember/.test(name)) continue;
    const cookies = kept.map((cookie) => `${cookie.name}=${cookie.value}`).join("; ");
    return { ...signed, cookie: `${name}=${value}`, cookies, answer, origin };
  }
  return undefined;
}

const refusal = z.object({ code: z.string() });

function describeRefusal({ status, json }: HttpAnswer): string {
  const code = refusal.safeParse(json).data?.code;
  if (code !== undefined) return `sign-in answered ${status} ${quote(code)}`;
  return status === 200
    ? "sign-in answered 200 without a session cookie: does it want a second factor?"
    : `sign-in answered ${status}`;
}

function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
