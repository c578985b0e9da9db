import type { Session } from "./identities.ts";

/** What of a session must be in no answer and in no report, in each spelling that it travels in. */
export function secretsOf({ cookie, token }: Session): string[] {
  const value = cookie.slice(cookie.indexOf("=") + 1);
  const decoded = decodeCookie(value);
  const [sessionToken = ""] = decoded.split(".");
  return [value, decoded, sessionToken, token].filter((text) => text.length >= 16);
}

/** A cookie's value as Better Auth reads it. */
export function decodeCookie(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}
