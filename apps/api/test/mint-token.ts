import { createHmac } from "node:crypto";

/** Signs claims as anyone who holds the secret can: HS256 over header and payload (RFC 7515 5.1). */
export function mintToken(
  secret: string | Uint8Array,
  claims: object,
  header: object = { alg: "HS256", typ: "at+jwt" },
): string {
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signingInput = `${encode(header)}.${encode(claims)}`;
  const signature = createHmac("sha256", secret).update(signingInput).digest("base64url");
  return `${signingInput}.${signature}`;
}
