import {
  createPublicKey,
  generateKeyPairSync,
  type KeyObject,
  randomUUID,
  sign,
} from "node:crypto";
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet } from "jose";
import { encodeCompactJws } from "../../core/token/encode-compact-jws.ts";

const algorithm = "EdDSA";
const lifetimeSeconds = 60;
const issuer = "sallyport-gateway";

/** What the gateway says of a caller, signed: a backend need not trust whoever reaches its port. */
export interface Assertions {
  /** `userId` is the subject; members that are undefined are left out. */
  sign(caller: { userId: string; email: string | undefined; name: string | undefined }): string;
  /** The public key, for the backend (RFC 7517). */
  readonly jwks: JSONWebKeySet;
}

/** @param privateKey Ed25519; without one a key is made, which nobody knows after this process. */
export async function createAssertions({
  privateKey = generateKeyPairSync("ed25519").privateKey,
  audience,
}: {
  privateKey: KeyObject | undefined;
  audience: string;
}): Promise<Assertions> {
  const jwk = await exportJWK(createPublicKey(privateKey));
  const kid = await calculateJwkThumbprint(jwk);
  return {
    jwks: { keys: [{ ...jwk, kid, alg: algorithm, use: "sig" }] },
    sign({ userId, email, name }) {
      const iat = Math.floor(Date.now() / 1_000);
      // Not by jose, whose way through WebCrypto costs four times as much (ADR 15).
      return encodeCompactJws(
        { alg: algorithm, kid, typ: "JWT" },
        {
          sub: userId,
          email,
          name,
          iss: issuer,
          aud: audience,
          iat,
          exp: iat + lifetimeSeconds,
          jti: randomUUID(),
        },
        // Ed25519 hashes by itself (RFC 8037 3.1).
        (signingInput) => sign(null, Buffer.from(signingInput), privateKey),
      );
    },
  };
}
