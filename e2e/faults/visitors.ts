import { Agent } from "node:http";
import { type Answer, ask } from "./ask.ts";
import { openLedger } from "./ledger.ts";
import type { User } from "./users.ts";

export type Kind = "write" | "read" | "session" | "page";

export interface Visit {
  kind: Kind;
  /** When it began, by `performance.now()`. */
  at: number;
  ms: number;
  outcome: number | string;
  isGood: boolean;
  /** Of an answer that is not good, how it begins. */
  text: string;
  /** What is wrong with it, whatever the circumstances. */
  complaint: string | undefined;
}

interface VisitorOptions {
  webUrl: string;
  apiUrl: string;
  users: readonly [User, ...User[]];
  visitors: number;
  /** Waited for by each before each of its requests. */
  pace: () => Promise<unknown>;
  /** What they do, over and over. */
  kinds: readonly [Kind, ...Kind[]];
}

/** Clients that ask one thing after the other until they are stopped, and repeat nothing. */
export function startVisitors(options: VisitorOptions) {
  const { webUrl, apiUrl, users, visitors, pace, kinds } = options;
  const ledger = openLedger();
  const visits: Visit[] = [];
  const run = Math.random().toString(36).slice(2);
  let isOver = false;
  let turns = 0;

  async function visit(kind: Kind, turn: number, agent: Agent): Promise<Answer> {
    const user = users[turn % users.length] ?? users[0];
    const { userId, cookie } = user;
    const headers = { cookie };
    switch (kind) {
      case "read":
        return ask(`${apiUrl}/api/${userId}/tasks?limit=1`, { agent, headers });
      case "write": {
        const title = `${run} ${turn}`;
        const body = { title };
        const answer = await ask(`${apiUrl}/api/${userId}/tasks`, { agent, headers, body });
        ledger.enter(title, answer.outcome);
        return answer;
      }
      case "session":
        return ask(`${webUrl}/api/auth/get-session`, { agent, headers });
      case "page":
        return ask(`${webUrl}/dashboard`, { agent, headers });
    }
  }

  async function keepVisiting(visitor: number): Promise<void> {
    // From an address of its own, for the web app limits requests by address.
    const agent = new Agent({ keepAlive: true, localAddress: `127.4.0.${visitor + 1}` });
    for (;;) {
      await pace();
      if (isOver) break;
      const turn = turns;
      turns += 1;
      const kind = kinds[turn % kinds.length] ?? kinds[0];
      const at = performance.now();
      const answer = await visit(kind, turn, agent);
      const { ms, outcome } = answer;
      const isGood = outcome === (kind === "write" ? 201 : 200) && !isSignedOut(kind, answer);
      const text = isGood ? "" : answer.text.slice(0, 200);
      visits.push({ kind, at, ms, outcome, isGood, text, complaint: complaintAbout(kind, answer) });
    }
    agent.destroy();
  }

  const all = Promise.all(Array.from({ length: visitors }, (_, visitor) => keepVisiting(visitor)));
  return {
    visits,
    ledger,
    /** Resolves when all are answered. */
    async stop(): Promise<void> {
      isOver = true;
      await all;
    },
  };
}

/** An outage must not look like it (Better Auth says so with 200 and `null`). */
function isSignedOut(kind: Kind, { outcome, text }: Answer): boolean {
  return outcome === 401 || outcome === 307 || (kind === "session" && text === "null");
}

function complaintAbout(kind: Kind, answer: Answer): string | undefined {
  const { outcome, headers, text } = answer;
  if (isSignedOut(kind, answer)) return `${kind}: signed out (${outcome})`;
  if (outcome === 200 || outcome === 201) return undefined;
  if (outcome !== 503) return `${kind}: ${outcome} ${text.slice(0, 200)}`.trim();
  if (!/^[1-9]\d*$/.test(String(headers["retry-after"]))) return `${kind}: 503 without Retry-After`;
  const type = String(headers["content-type"]);
  return kind !== "page" && !type.startsWith("application/problem+json")
    ? `${kind}: 503 as ${type}`
    : undefined;
}
