import { createHmac, type KeyObject, timingSafeEqual } from "node:crypto";

/** HMAC-SHA256 (RFC 7518 3.2). */
export function signHs256(signingInput: string, key: KeyObject): Buffer {
  return createHmac("sha256", key).update(signingInput).digest();
}

/** Whether one of the keys made the signature: all 32 bytes of it, compared in constant time. */
export function verifyHs256(
  signingInput: string,
  signature: Buffer,
  keys: readonly KeyObject[],
): boolean {
  if (signature.length !== 32) return false;
  return keys.some((key) => timingSafeEqual(signHs256(signingInput, key), signature));
}
