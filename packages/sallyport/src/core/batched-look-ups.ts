import { context, ROOT_CONTEXT } from "@opentelemetry/api";
import { errors } from "undici";
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

export interface BatchedLookUps {
  /** Undefined for what is to be looked up by itself. Rejects as the client does. */
  lookUp(session: SignedSession, patience: Patience): Promise<SessionAnswer | undefined>;
  close(): void;
}

interface Options {
  client: AuthorityClient;
  /** Base of Better Auth's API. */
  url: URL;
  serviceKey: string;
}

/** To be looked up by itself. */
const alone = "alone";

type BatchAnswer = SessionAnswer | Unusable | typeof alone;

/** Look-ups that travel together, to the batch endpoint of the `sallyport()` plugin. */
export function createBatchedLookUps({ client, url, serviceKey }: Options): BatchedLookUps {
  const batcher = createBatcher(load, { maxBatch: 100, maxInFlight: 2, maxWaiting: 1024 });
  let nextProbeAt = Number.NEGATIVE_INFINITY;
  let isWarned = false;

  async function load(signedSessions: readonly string[]): Promise<BatchAnswer[]> {
    try {
      // A batch is nobody's request more than another's, and belongs in no one's trace.
      const answers = await context.with(ROOT_CONTEXT, () =>
        client.ask({
          path: `${url.pathname}/sallyport/sessions`,
          headers: { [serviceKeyHeader]: serviceKey },
          body: JSON.stringify({ sessions: signedSessions }),
          read: (status, text) => readSessionsAnswer(status, text, signedSessions.length),
        }),
      );
      if (answers !== noBatches) return answers;
      nextProbeAt = performance.now() + probeIntervalMs;
      warnOnce();
    } catch (cause) {
      // Whose sessions are in it decides how long an answer is: nobody's long name is to keep out
      // those who travel along.
      if (!(cause instanceof errors.ResponseExceededMaxSizeError)) throw cause;
    }
    return signedSessions.map(() => alone);
  }

  function warnOnce(): void {
    if (isWarned) return;
    isWarned = true;
    process.emitWarning(
      `Better Auth at ${url.href} is without the sallyport() plugin: it is asked for each session by itself, which is slower.`,
      { type: "SallyportWarning", code: "SALLYPORT_NO_BATCHES" },
    );
  }

  return {
    async lookUp(session, patience) {
      if (performance.now() < nextProbeAt) return undefined;
      const answer = await batcher.ask(formatSignedSession(session), patience);
      if (answer === alone) return undefined;
      if (answer instanceof Unusable) throw new Error(answer.reason);
      return answer;
    },
    close: batcher.close,
  };
}
