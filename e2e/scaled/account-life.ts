import pg from "pg";
import * as z from "zod";
import { password } from "../account.ts";
import { type Answer, call } from "../loopback-call.ts";
import type { Session, SessionChecks } from "../session-checks.ts";
import { pick } from "./random.ts";
import { count, type Tally } from "./tally.ts";

/** The ways in which a session ends. */
export const revocationKinds = [
  "sign-out",
  "revoke-session",
  "revoke-other-sessions",
  "change-password",
  "user deleted",
] as const;
export type RevocationKind = (typeof revocationKinds)[number];

export interface LifeOptions {
  origin: string;
  databaseUrl: string;
  checks: SessionChecks;
  /** How many sessions ended so, acknowledged. */
  revoked: Tally<RevocationKind>;
  random: () => number;
  /** So many checks are made between two things that a user does. */
  checksBetween: number;
}

const signedIn = z.object({ user: z.object({ id: z.string() }) });
const otherDevices = 4;

/** Nobody knows whether it was done. */
export class NotAcknowledged extends Error {}

let addresses = 0;

/**
 * Signs up, signs in on several devices, and ends these sessions in one way after the other, until
 * there is none. Rejects with NotAcknowledged when one of these things is not.
 */
export async function live(email: string, options: LifeOptions): Promise<void> {
  const { origin, databaseUrl, checks, revoked, random, checksBetween } = options;

  /** From an address of its own: each one may sign in three times in ten seconds. */
  async function post(path: string, body: object, by?: Session): Promise<Answer> {
    addresses += 1;
    const answer = await call(`${origin}/api/auth${path}`, {
      localAddress: `127.1.${(addresses >> 8) & 255}.${addresses & 255}`,
      headers: { origin, ...(by && { cookie: by.cookie }) },
      body,
    }).catch((cause) => {
      throw new NotAcknowledged(`POST ${path}: no answer`, { cause });
    });
    if (answer.status === 200) return answer;
    const what = `POST ${path}: ${answer.status}`;
    if (answer.status === 503) throw new NotAcknowledged(what);
    throw new Error(what, { cause: answer.text });
  }

  function begin({ text, cookies }: Answer): Session {
    const cookie = cookies[0]?.split(";")[0];
    if (cookie === undefined) throw new Error("no cookie came with the session");
    const session: Session = {
      userId: signedIn.parse(JSON.parse(text)).user.id,
      cookie,
      state: "live",
    };
    checks.add(session);
    return session;
  }

  async function end<Result>(
    kind: RevocationKind,
    sessions: Session[],
    act: () => Promise<Result>,
  ): Promise<Result> {
    const result = await checks.revoke(sessions, act);
    count(revoked, kind, sessions.length);
    await checks.untilChecked(checksBetween);
    return result;
  }

  let own = begin(await post("/sign-up/email", { name: "ada", email, password }));
  const others: Session[] = [];
  while (others.length < otherDevices) {
    others.push(begin(await post("/sign-in/email", { email, password })));
  }
  await checks.untilChecked(checksBetween);

  const ways: Record<Exclude<RevocationKind, "user deleted">, () => Promise<unknown>> = {
    "sign-out": () => {
      const some = others.splice(0, 1);
      return end("sign-out", some, () => post("/sign-out", {}, some[0]));
    },
    "revoke-session": () => {
      const some = others.splice(0, 1);
      const [, token = ""] = /=(.+)\./.exec(some[0]?.cookie ?? "") ?? [];
      return end("revoke-session", some, () => post("/revoke-session", { token }, own));
    },
    "revoke-other-sessions": () =>
      end("revoke-other-sessions", others.splice(0), () => post("/revoke-other-sessions", {}, own)),
    "change-password": async () => {
      const change = { currentPassword: password, newPassword: password };
      const all = [own, ...others.splice(0)];
      own = begin(await end("change-password", all, () => post("/change-password", change, own)));
    },
  };
  while (others.length > 0) {
    await ways[
      pick(random, [
        "sign-out",
        "revoke-session",
        "revoke-other-sessions",
        "change-password",
      ] as const)
    ]();
  }
  if (random() < 0.5) await end("user deleted", [own], () => deleteUser(databaseUrl, own.userId));
  else await end("sign-out", [own], () => post("/sign-out", {}, own));
}

/** As an operator would. */
async function deleteUser(databaseUrl: string, userId: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  try {
    await client.connect();
    await client.query('delete from auth."user" where id = $1', [userId]);
  } catch (cause) {
    throw new NotAcknowledged("SQL: no answer", { cause });
  } finally {
    await client.end();
  }
}
