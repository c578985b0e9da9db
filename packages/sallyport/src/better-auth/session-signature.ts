import { createHmac, createSecretKey, timingSafeEqual } from "node:crypto";
import { parseSignedSession } from "../core/signed-session.ts";

/** The token of a session that Better Auth signed with this secret; undefined for all else. */
export type VerifySignature = (signedSession: string) => string | undefined;

/** As Better Auth does for its cookies, of which it takes the current secret's alone. */
export function signatureVerifier(secret: string): VerifySignature {
  const key = createSecretKey(secret, "utf8");
  return (signedSession) => {
    const session = parseSignedSession(signedSession);
    if (session === undefined) return undefined;
    const expected = createHmac("sha256", key).update(session.token).digest("base64");
    // Both are 44 characters.
    return timingSafeEqual(Buffer.from(expected), Buffer.from(session.signature))
      ? session.token
      : undefined;
  };
}
