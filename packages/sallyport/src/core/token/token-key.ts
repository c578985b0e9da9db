import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";

/** RFC 7518 3.2: a key at least as long as the hash. */
const minSecretBytes = 32;

/** A key of the secret as it is, UTF-8 encoded. Throws on one that is too short. */
export function tokenKey(secret: string | Uint8Array): KeyObject {
  const bytes = typeof secret === "string" ? Buffer.from(secret, "utf8") : secret;
  if (bytes.length < minSecretBytes) {
    throw new TypeError(
      `Cannot make a token key: a secret must have at least ${minSecretBytes} bytes, received ${bytes.length}`,
    );
  }
  return createSecretKey(bytes);
}

/**
 * The key for tokens alone: HKDF-SHA256 (RFC 5869) of `BETTER_AUTH_SECRET`, 32 bytes. A backend
 * that holds it can mint tokens for itself but cannot forge a session, and nothing else that
 * Better Auth signs means anything to it.
 */
export function deriveTokenKey(secret: string): Uint8Array {
  tokenKey(secret);
  return new Uint8Array(hkdfSync("sha256", secret, "", "sallyport/api-token/v1", 32));
}
