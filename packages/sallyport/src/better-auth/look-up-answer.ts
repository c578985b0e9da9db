import { randomUUID } from "node:crypto";
import type { AuthContext } from "better-auth";
import * as z from "zod";
import { parseJson } from "../core/authority-answer.ts";
import { guardedHeaders } from "../core/denial.ts";
import { createProblem, type ProblemKind } from "../core/problem.ts";
import type { LookUp } from "./look-up.ts";
import type { StoredSession } from "./stored-session.ts";

/** Without the key in it: whoever calls has compared that one. */
export interface LookUpRequest {
  hasCookie: boolean;
  /** Not read before it is wanted. */
  body: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
}

export interface LookUpAnswer {
  status: number;
  headers: Record<string, string>;
  /** JSON. */
  body: string;
}

const maxBodyBytes = 128 * 1024;
const batchSchema = z.strictObject({
  /** Comes back with the answer, which is known by it. */
  batch: z.string().max(64).optional(),
  sessions: z.array(z.string()).min(1).max(200),
});

const problems = {
  service_key_invalid: { status: 401, title: "Service key invalid" },
  malformed_request: {
    status: 400,
    title: "Malformed request",
    detail: "Wanted is JSON with 1 to 200 signed sessions, and no cookie.",
  },
  payload_too_large: { status: 413, title: "Payload too large" },
  authority_unavailable: {
    status: 503,
    title: "Authentication unavailable",
    detail: "The sessions cannot be read right now. Try again.",
  },
} satisfies Record<string, Omit<ProblemKind, "code">>;

/** The batch endpoint, the same before Better Auth's router and behind it. */
export async function answerLookUps(
  { hasCookie, body }: LookUpRequest,
  lookUp: LookUp,
  logger: AuthContext["logger"],
): Promise<LookUpAnswer> {
  // A session in a cookie would be one that nobody asks about.
  if (hasCookie) return refuseLookUps("malformed_request");
  const text = await readText(body);
  if (text === undefined) return refuseLookUps("payload_too_large");
  const parsed = batchSchema.safeParse(parseJson(text));
  if (!parsed.success) return refuseLookUps("malformed_request");
  try {
    const { batch, sessions } = parsed.data;
    const results = (await lookUp(sessions)).map((found) => found && describeSession(found));
    const headers = { ...guardedHeaders, "Content-Type": "application/json" };
    return answer(200, headers, { batch, results });
  } catch (cause) {
    const requestId = randomUUID();
    logger.error(`Sessions cannot be read (request ${requestId})`, cause);
    return refuseLookUps("authority_unavailable", requestId);
  }
}

/** What is said of a session: whose it is and how long, and nothing that opens it. */
export function describeSession({ user: { id, email, name }, expiresAt }: StoredSession) {
  return { user: { id, email, name }, session: { expiresAt } };
}

export function refuseLookUps(
  code: keyof typeof problems,
  requestId: string = randomUUID(),
): LookUpAnswer {
  const problem = createProblem({ code, ...problems[code] }, requestId);
  const headers = {
    ...guardedHeaders,
    "Content-Type": "application/problem+json",
    // RFC 9110 15.5.2.
    ...(problem.status === 401 && { "WWW-Authenticate": 'Service-Key realm="better-auth"' }),
    ...(problem.status === 503 && { "Retry-After": "1" }),
  };
  return answer(problem.status, headers, problem);
}

function answer(status: number, headers: Record<string, string>, body: object): LookUpAnswer {
  return { status, headers, body: JSON.stringify(body) };
}

/** Undefined if there is too much of it. */
async function readText(body: LookUpRequest["body"]): Promise<string | undefined> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    // To its end, however much it is: a body that is left unread cuts the connection, and with it
    // the answer. Only a backend of this server's comes this far.
    for await (const chunk of body) {
      bytes += chunk.length;
      if (bytes <= maxBodyBytes) chunks.push(chunk);
    }
  } catch {
    // Whoever sent it has left: it is no JSON, and its answer reaches nobody.
    return "";
  }
  return bytes > maxBodyBytes ? undefined : Buffer.concat(chunks).toString("utf8");
}
