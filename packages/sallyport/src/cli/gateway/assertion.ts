import { createPublicKey, generateKeyPairSync, type KeyObject, randomUUID } from "node:crypto";
import { calculateJwkThumbprint, exportJWK, type JSONWebKeySet, SignJWT } from "jose";

const algorithm = "EdDSA";
const lifetimeSeconds = 60;
const issuer = "sallyport-gateway";

/** What the gateway says of a caller, signed: a backend need not trust whoever reaches its port. */
export interface Assertions {
  /** `userId` is the subject; members that are undefined are left out. */
  sign(caller: {
    userId: string;
    email: string | undefined;
    name: string | undefined;
  }): Promise<string>;
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
      const issuedAt = Math.floor(Date.now() / 1_000);
      return new SignJWT({
        ...(email !== undefined && { email }),
        ...(name !== undefined && { name }),
      })
        .setProtectedHeader({ alg: algorithm, kid, typ: "JWT" })
        .setIssuer(issuer)
        .setAudience(audience)
        .setSubject(userId)
        .setIssuedAt(issuedAt)
        .setExpirationTime(issuedAt + lifetimeSeconds)
        .setJti(randomUUID())
        .sign(privateKey);
    },
  };
}
