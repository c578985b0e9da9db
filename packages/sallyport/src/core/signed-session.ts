/** What a session cookie holds. Its signature is not verified at this point. */
export interface SignedSession {
  /** The session token: the part that the signature covers. */
  token: string;
  signature: string;
}

/**
 * Better Auth signs `token` and writes `token.base64(HMAC-SHA256)`: 44 characters, `=` last. The one
 * before it says four bits alone (RFC 4648 3.5): other spellings of a signature are not its own.
 */
const signedSession = /^([\x21-\x7e]{1,256})\.([A-Za-z0-9+/]{42}[AEIMQUYcgkosw048]=)$/;

/** Undefined for what Better Auth did not write. */
export function parseSignedSession(value: string): SignedSession | undefined {
  const [, token, signature] = signedSession.exec(value) ?? [];
  return token === undefined || signature === undefined ? undefined : { token, signature };
}

export function formatSignedSession({ token, signature }: SignedSession): string {
  return `${token}.${signature}`;
}
