import { randomUUID } from "node:crypto";
import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { Unusable } from "./authority-answer.ts";
import type { AuthorityClient } from "./authority-client.ts";
import { createBatcher } from "./batcher.ts";
import type { Patience } from "./patience.ts";
import { serviceKeyHeader } from "./service-key.ts";
import type { SessionAnswer } from "./session-answer.ts";
import { noBatches, readSessionsAnswer } from "./sessions-answer.ts";
import { formatSignedSession, type SignedSession } from "./signed-session.ts";

/** How long a Better Auth counts as one without the plugin before it is asked again. */
const probeIntervalMs = 60_000;
/** The same for one that took batches before. */
const strayIntervalMs = 1_000;

export interface BatchedLookUps {
  /** Undefined where Better Auth takes no batches. Rejects as the client does. */
  lookUp(session: SignedSession, patience: Patience): Promise<SessionAnswer | undefined>;
  close(): void;
}

interface Options {
  client: AuthorityClient;
  /** Base of Better Auth's API. */
  url: URL;
  serviceKey: string;
}

type BatchAnswer = SessionAnswer | Unusable | typeof noBatches;

/** Look-ups that travel together, to the batch endpoint of the `sallyport()` plugin. */
export function createBatchedLookUps({ client, url, serviceKey }: Options): BatchedLookUps {
  const batcher = createBatcher(load, { maxBatch: 100, maxInFlight: 2, maxWaiting: 1024 });
  let nextProbeAt: number | undefined;
  let isProven = false;

  async function load(signedSessions: readonly string[]): Promise<BatchAnswer[]> {
    const batch = randomUUID();
    // A batch is nobody's request more than another's, and belongs in no one's trace.
    const answers = await context.with(ROOT_CONTEXT, () =>
      client.ask({
        path: `${url.pathname}/sallyport/sessions`,
        headers: { [serviceKeyHeader]: serviceKey },
        body: JSON.stringify({ batch, sessions: signedSessions }),
        read: (status, text) =>
          readSessionsAnswer(status, text, { batch, count: signedSessions.length }),
      }),
    );
    if (answers !== noBatches) {
      isProven = true;
      return answers;
    }
    if (!isProven && nextProbeAt === undefined) warn();
    // Where there was a plugin a moment ago, somebody in between is in trouble.
    nextProbeAt = performance.now() + (isProven ? strayIntervalMs : probeIntervalMs);
    return signedSessions.map(() => noBatches);
  }

  function warn(): void {
    process.emitWarning(
      `Better Auth at ${url.href} is without the sallyport() plugin: it is asked for each session by itself, which is slower.`,
      { type: "SallyportWarning", code: "SALLYPORT_NO_BATCHES" },
    );
  }

  return {
    async lookUp(session, patience) {
      if (nextProbeAt !== undefined && performance.now() < nextProbeAt) return undefined;
      const answer = await batcher.ask(formatSignedSession(session), patience);
      if (answer === noBatches) return undefined;
      if (answer instanceof Unusable) throw new Error(answer.reason);
      return answer;
    },
    close: batcher.close,
  };
}
