import { hkdfSync, randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { text } from "node:stream/consumers";
import * as z from "zod";
import type { Answer } from "./answer.ts";
import type { FakeSessions, FoundSession } from "./fake-sessions.ts";

const maxBodyBytes = 128 * 1024;
const batchSchema = z.strictObject({
  batch: z.string().max(64).optional(),
  sessions: z.array(z.string()).min(1).max(200),
});
const errorsPage = "https://github.com/sallyport/sallyport/blob/main/docs/errors.md";

/** The key that `sallyport/better-auth` derives of the same secret. */
export function fakeServiceKey(secret: string): string {
  const key = hkdfSync("sha256", secret, "", "sallyport/service-key/v1", 32);
  return Buffer.from(key).toString("base64url");
}

/** What the `sallyport()` plugin adds to Better Auth, for these sessions. */
export function createPluginEndpoints(sessions: FakeSessions, serviceKey: string) {
  return {
    /** `GET {auth}/session` */
    lookUpOne(cookieHeader: string): Answer {
      const found = sessions.findOnly(cookieHeader);
      if (found) return { status: 200, headers: guarded, body: describe(found) };
      return problem(401, "session_invalid", "Session invalid", {
        detail: "There is no such session. Sign in again.",
        headers: {
          "WWW-Authenticate": 'Session realm="better-auth", error="invalid_token"',
        },
      });
    },
    /** `POST {auth}/sallyport/sessions` */
    async lookUpMany(request: IncomingMessage): Promise<Answer> {
      if (request.headers["x-sallyport-key"] !== serviceKey) {
        return problem(401, "service_key_invalid", "Service key invalid", {
          headers: { "WWW-Authenticate": 'Service-Key realm="better-auth"' },
        });
      }
      if (request.headers.cookie !== undefined) return malformed();
      const json = await text(request);
      if (Buffer.byteLength(json) > maxBodyBytes) {
        return problem(413, "payload_too_large", "Payload too large");
      }
      const asked = batchSchema.safeParse(parse(json));
      if (!asked.success) return malformed();
      const { batch } = asked.data;
      const found = asked.data.sessions.map(sessions.findSigned);
      const results = found.map((session) => session && describe(session));
      return { status: 200, headers: guarded, body: { batch, results } };
    },
  };
}

function describe({ user: { id, email, name }, expiresAt }: FoundSession) {
  return { user: { id, email: shown(email), name: shown(name) }, session: { expiresAt } };
}

/** What users choose at length is not said. */
function shown(text: string): string | null {
  return text.length > 500 ? null : text;
}

const guarded = {
  "Cache-Control": "no-store",
  Vary: "Cookie, Authorization, Origin",
  "X-Content-Type-Options": "nosniff",
};

/** RFC 9457, with the members that sallyport adds to every error. */
function problem(
  status: number,
  code: string,
  title: string,
  { detail, headers }: { detail?: string; headers?: Record<string, string> } = {},
): Answer {
  return {
    status,
    headers: { ...guarded, "Content-Type": "application/problem+json", ...headers },
    body: {
      type: `${errorsPage}#${code}`,
      title,
      status,
      detail,
      error_code: code,
      message: title,
      request_id: randomUUID(),
    },
  };
}

function malformed(): Answer {
  return problem(400, "malformed_request", "Malformed request", {
    detail: "Wanted is JSON with 1 to 200 signed sessions, and no cookie.",
  });
}

function parse(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    return undefined;
  }
}
