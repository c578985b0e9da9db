import { type Agent, request } from "node:http";
import { text } from "node:stream/consumers";

/** Beyond every deadline of the servers and of the proxy: who waits so long was left hanging. */
const patienceMs = 30_000;

interface Asked {
  agent?: Agent;
  /** One of 127.0.0.0/8: what is limited by address takes each for somebody else. */
  localAddress?: string;
  headers?: Record<string, string>;
  /** JSON; makes it a POST. */
  body?: object;
}

export interface Answer {
  /** The HTTP status, or how the connection failed, such as `ECONNREFUSED`; `hung` without any. */
  outcome: number | string;
  headers: Record<string, string | string[] | undefined>;
  text: string;
  /** From the start until the last byte. */
  ms: number;
}

/** One request, never repeated, and what became of it. */
export async function ask(url: string, { body, headers, ...options }: Asked): Promise<Answer> {
  const startedAt = performance.now();
  const { promise, resolve, reject } = Promise.withResolvers<Omit<Answer, "ms">>();
  const patience = AbortSignal.timeout(patienceMs);
  const sent = request(url, {
    ...options,
    family: 4,
    signal: patience,
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
  });
  sent.on("error", reject);
  sent.on("response", (response) => {
    const { statusCode: outcome = 0, headers } = response;
    text(response).then((text) => resolve({ outcome, headers, text }), reject);
  });
  sent.end(body && JSON.stringify(body));
  const answer = await promise.catch((error: NodeJS.ErrnoException) => {
    const outcome = patience.aborted ? "hung" : (error.code ?? error.message);
    return { outcome, headers: {}, text: "" };
  });
  return { ...answer, ms: performance.now() - startedAt };
}
