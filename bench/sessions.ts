import { createHmac, randomBytes } from "node:crypto";
import { mintToken } from "./tokens.ts";

export const secret = randomBytes(32).toString("base64url");

/** Distinct ones, so that no two requests in flight are alike. */
export const sessions = Array.from({ length: 500 }, () => ({
  userId: randomBytes(24).toString("base64url"),
  token: randomBytes(24).toString("base64url"),
}));

/** As Better Auth signs it. */
export function cookieOf({ token }: { token: string }): string {
  const signature = createHmac("sha256", secret).update(token).digest("base64");
  return `better-auth.session_token=${encodeURIComponent(`${token}.${signature}`)}`;
}

export function cookieRequests(): string[] {
  return sessions.map((session) => requestFor(session.userId, `cookie: ${cookieOf(session)}`));
}

/** Made anew for each measurement: tokens run out before the benchmark ends. */
export function tokenRequests(): string[] {
  return sessions.map(({ userId }) =>
    requestFor(userId, `authorization: Bearer ${mintToken(userId)}`),
  );
}

function requestFor(userId: string, credential: string): string {
  return `GET /api/${userId}/tasks HTTP/1.1\r\nhost: 127.0.0.1\r\n${credential}\r\n\r\n`;
}
