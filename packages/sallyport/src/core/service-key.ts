import { hkdfSync, timingSafeEqual } from "node:crypto";

/** The header in which a backend shows Better Auth that it is one of its own. */
export const serviceKeyHeader = "X-Sallyport-Key";

/**
 * The key that an auth server's backends present: HKDF-SHA256 (RFC 5869) of `BETTER_AUTH_SECRET`,
 * 32 bytes, base64url. It lifts the per-address rate limit; it identifies nobody and cannot forge
 * a session, so a backend can hold it without holding the secret.
 */
export function deriveServiceKey(secret: string): string {
  if (secret.length < 32) {
    throw new Error(
      `Cannot derive the service key: the secret must have at least 32 characters, received ${secret.length}`,
    );
  }
  const key = hkdfSync("sha256", secret, "", "sallyport/service-key/v1", 32);
  return Buffer.from(key).toString("base64url");
}

/** Compares in constant time; `keys` are those of all configured secrets, so that they can rotate. */
export function isServiceKey(candidate: string | null, keys: readonly string[]): boolean {
  const presented = Buffer.from(candidate ?? "");
  return keys.some((key) => {
    const expected = Buffer.from(key);
    return presented.length === expected.length && timingSafeEqual(presented, expected);
  });
}
