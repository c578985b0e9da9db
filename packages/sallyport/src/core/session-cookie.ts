export type SessionCookie =
  | { state: "absent" }
  | { state: "malformed" }
  | {
      state: "present";
      /** The session token: the part that the signature covers. Not verified at this point. */
      token: string;
      /** Ready to forward: encoded anew, so that nothing of the client's own bytes travels on. */
      headerValue: string;
    };

/**
 * Better Auth signs `token` and writes `token.base64(HMAC-SHA256)`: 44 characters, `=` last. The one
 * before it says four bits alone (RFC 4648 3.5): other spellings of a signature are not its own.
 */
const signedValue = /^([\x21-\x7e]{1,256})\.([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;

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
  const signed = others.length === 0 ? signedValue.exec(decode(value)) : null;
  if (signed?.[1] === undefined) return { state: "malformed" };
  return {
    state: "present",
    token: signed[1],
    headerValue: `${name}=${encodeURIComponent(signed[0])}`,
  };
}

/** Empty for what does not decode, which no signed value is. */
function decode(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return "";
  }
}
