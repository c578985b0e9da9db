import { createSecretKey, hkdfSync, type KeyObject } from "node:crypto";
import { wantWholeNumber } from "../options.ts";

/** RFC 7518 3.2: a key at least as long as the hash. */
const minSecretBytes = 32;

/** What Better Auth falls back on in development. */
const knownSecret = "better-auth-secret-12345678901234567890";

/** A key of the secret as it is, UTF-8 encoded. Throws on one that is too short, or no secret. */
export function tokenKey(secret: string | Uint8Array): KeyObject {
  const bytes = Buffer.from(secret);
  if (bytes.length < minSecretBytes) {
    throw refused(`a secret must have at least ${minSecretBytes} bytes, received ${bytes.length}`);
  }
  if (bytes.every((byte) => byte === bytes[0])) throw refused("a secret of one byte is none");
  const text = bytes.toString("latin1");
  if (text === knownSecret) throw refused("this secret is Better Auth's default, which all know");
  // Who verifies HS256 with a public key takes tokens of anyone who has read it (RFC 8725 2.1).
  if (text.startsWith("-----BEGIN")) throw refused("a secret is wanted, received a PEM text");
  return createSecretKey(bytes);
}

function refused(why: string): TypeError {
  return new TypeError(`Cannot make a token key: ${why}`);
}

/**
 * The key for tokens alone: HKDF-SHA256 (RFC 5869) of `BETTER_AUTH_SECRET`, 32 bytes. A backend
 * that holds it can mint tokens for itself but cannot forge a session, and nothing else that
 * Better Auth signs means anything to it. Each `version`, 1 by default, is another key: the next
 * one replaces one that got lost, and no session ends.
 */
export function deriveTokenKey(secret: string, version = 1): Uint8Array {
  tokenKey(secret);
  wantWholeNumber(
    { of: "the token key", name: "version", value: version },
    { from: 1, to: 1_000_000 },
  );
  return new Uint8Array(hkdfSync("sha256", secret, "", `sallyport/api-token/v${version}`, 32));
}
