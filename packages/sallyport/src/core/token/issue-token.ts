import { type KeyObject, randomUUID } from "node:crypto";
import { encodeCompactJws } from "./encode-compact-jws.ts";
import { signHs256 } from "./hs256.ts";
import { accessTokenType } from "./token-verifier.ts";

export interface TokenIssuer {
  issuer: string;
  audience: string;
  lifetimeSeconds: number;
  key: KeyObject;
}

/** The session that a token stands for until it expires. */
interface IssuingSession {
  id: string;
  user: { id: string };
  expiresAt: Date;
}

interface IssuedToken {
  token: string;
  expiresInSeconds: number;
}

/**
 * Makes a token that never outlives its session; undefined for a session without a whole second
 * left. No e-mail and no name in it: what signs it is by default what Better Auth verifies its own
 * HS256 tokens with, and `/verify-email` believes any of them that has an `email`.
 */
export function issueToken(
  { issuer, audience, lifetimeSeconds, key }: TokenIssuer,
  { id, user, expiresAt }: IssuingSession,
  now: Date,
): IssuedToken | undefined {
  const iat = Math.floor(now.getTime() / 1000);
  const exp = Math.min(iat + lifetimeSeconds, Math.floor(expiresAt.getTime() / 1000));
  if (exp <= iat) return undefined;
  const token = encodeCompactJws(
    { alg: "HS256", typ: accessTokenType },
    {
      sub: user.id,
      uid: user.id,
      sid: id,
      iss: issuer,
      aud: audience,
      iat,
      exp,
      jti: randomUUID(),
    },
    (signingInput) => signHs256(signingInput, key),
  );
  return { token, expiresInSeconds: exp - iat };
}
