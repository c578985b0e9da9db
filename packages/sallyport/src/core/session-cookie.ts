import { parseSignedSession, type SignedSession } from "./signed-session.ts";

export type SessionCookie =
  | { state: "absent" }
  | { state: "malformed" }
  | { state: "present"; session: SignedSession };

/**
 * Reads one cookie by its exact, case-sensitive name (RFC 6265 5.4). Two values for it are
 * ambiguous: which one counts would be a matter of parsers, so neither does.
 */
export function readSessionCookie(cookieHeader: string | null, name: string): SessionCookie {
  const values = new Set<string>();
  for (const pair of (cookieHeader ?? "").split(";")) {
    const equals = pair.indexOf("=");
    if (equals !== -1 && pair.slice(0, equals).trim() === name) {
      values.add(pair.slice(equals + 1).trim());
    }
  }
  const [value, ...others] = values;
  if (value === undefined) return { state: "absent" };
  const session = others.length === 0 ? parseSignedSession(decode(value)) : undefined;
  return session === undefined ? { state: "malformed" } : { state: "present", session };
}

/** Empty for what does not decode, which no signed value is. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
