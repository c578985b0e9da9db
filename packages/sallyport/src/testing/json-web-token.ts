import { generateKeyPairSync, sign } from "node:crypto";
import { randomId } from "./fake-sessions.ts";

/** A key as Better Auth's `jwt` plugin has them: EdDSA (RFC 8037), its public half in a JWK set. */
export function createSigningKey() {
  const { privateKey, publicKey } = generateKeyPairSync("ed25519");
  const kid = randomId();
  return {
    jwks: { keys: [{ alg: "EdDSA", ...publicKey.export({ format: "jwk" }), kid }] },
    /** RFC 7515 7.1. */
    sign(claims: object): string {
      const input = [{ alg: "EdDSA", kid }, claims].map(encode).join(".");
      return `${input}.${sign(null, Buffer.from(input), privateKey).toString("base64url")}`;
    },
  };
}

function encode(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString("base64url");
}
