import { EventEmitter, once } from "node:events";
import { Agent } from "node:http";
import { setTimeout } from "node:timers/promises";
import { call } from "./loopback-call.ts";

export interface Session {
  userId: string;
  cookie: string;
  /** It is `ending` from when its revocation is sent until that is acknowledged. */
  state: "live" | "ending" | "ended";
}

export interface CheckOptions {
  clients: number;
  /** Whether something may be down, so that 503, or no answer at all, is right too. */
  outages?: boolean;
}

/** Of how many sessions, revoked last or soon to be, more is asked than of the others. */
const watchedAtMost = 12;
/** Who is told 503 asks again after this time. */
const retryAfterMs = 50;
/** In place of a status. */
export const noAnswer = 0;

/**
 * Clients that ask the api for tasks, each one again as soon as it is answered, until they are
 * stopped. What they ask for, what they are told and what is revoked happens in one process, so
 * that its order is known.
 */
export function startChecks(apiUrl: string, { clients, outages = false }: CheckOptions) {
  const agent = new Agent({ keepAlive: true });
  const progress = new EventEmitter().setMaxListeners(0);
  const live: Session[] = [];
  const watched: Session[] = [];
  /** A check is an answer that says yes or no; 503 says neither. */
  const counts = { checks: 0, ofLiveSessions: 0, afterRevocation: 0, revocations: 0 };
  /** By status. */
  const answers = new Map<number, number>();
  const wrongAnswers: string[] = [];
  let isOver = false;

  async function ask({ userId, cookie }: Session): Promise<number> {
    const url = `${apiUrl}/api/${userId}/tasks?limit=1`;
    try {
      return (await call(url, { agent, headers: { cookie } })).status;
    } catch (cause) {
      // As when the instance that was to answer is killed.
      if (outages) return noAnswer;
      throw cause;
    }
  }

  async function check(session: Session): Promise<void> {
    const atStart = session.state;
    const status = await ask(session);
    const atEnd = session.state;
    answers.set(status, (answers.get(status) ?? 0) + 1);
    if (outages && (status === 503 || status === noAnswer)) return setTimeout(retryAfterMs);
    const mayBe = atStart === "ended" ? [401] : atEnd === "live" ? [200] : [200, 401];
    if (!mayBe.includes(status)) wrongAnswers.push(`${status}: ${atStart}, then ${atEnd}`);
    counts.checks += 1;
    if (atStart === "ended") counts.afterRevocation += 1;
    if (atEnd === "live") counts.ofLiveSessions += 1;
    progress.emit("check");
  }

  async function keepChecking(client: number): Promise<void> {
    for (let turn = client; !isOver; turn++) {
      const [from, otherwise] = turn % 2 === 0 ? [watched, live] : [live, watched];
      const sessions = from.length > 0 ? from : otherwise;
      const session = sessions[Math.floor(turn / 2) % sessions.length];
      if (session === undefined) await once(progress, "sign-in");
      else await check(session);
    }
  }

  async function untilChecked(count: number): Promise<void> {
    const enough = counts.checks + count;
    while (counts.checks < enough) await once(progress, "check");
  }

  const all = Promise.all(Array.from({ length: clients }, (_, client) => keepChecking(client)));
  return {
    counts,
    answers,
    wrongAnswers,
    untilChecked,
    add(session: Session): void {
      live.push(session);
      progress.emit("sign-in");
    },
    /**
     * Checks them before, during and, at once, after they are revoked. When `act` rejects nobody
     * knows whether they are, and they stay `ending`.
     */
    async revoke<Result>(sessions: Session[], act: () => Promise<Result>): Promise<Result> {
      watched.push(...sessions);
      watched.splice(0, watched.length - watchedAtMost);
      await untilChecked(2 * clients);
      for (const session of sessions) {
        session.state = "ending";
        live.splice(live.indexOf(session), 1);
      }
      const result = await act();
      for (const session of sessions) session.state = "ended";
      counts.revocations += sessions.length;
      await Promise.all(sessions.map(check));
      return result;
    },
    /** Resolves when all are answered. */
    async stop(): Promise<void> {
      isOver = true;
      progress.emit("sign-in");
      await all;
      agent.destroy();
    },
  };
}

export type SessionChecks = ReturnType<typeof startChecks>;
