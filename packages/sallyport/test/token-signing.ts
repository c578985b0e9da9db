import {
  constants,
  createHash,
  createHmac,
  generateKeyPairSync,
  type KeyObject,
  sign,
} from "node:crypto";
import { deriveTokenKey } from "../src/core/token/token-key.ts";

export const secret = "the-secret-of-today/4Ff0aK1mPz8WqYxV";
export const previousSecret = "the-secret-of-yesterday/Qm3tLx7CvB2n";
const otherSecret = "a-secret-of-somebody-else/9sJw6RbTeU";

export const algorithms = [
  "HS256",
  "HS384",
  "HS512",
  "RS256",
  "PS256",
  "ES256",
  "EdDSA",
  "none",
] as const;

export const keyNames = [
  "secret",
  "previous",
  "other",
  "empty",
  "derived",
  "truncated",
  "padded",
  "hashed",
  "base64",
  "publicKey",
] as const;

type KeyName = (typeof keyNames)[number];

/** Keys that no verifier knows: an attacker's. */
const attacker = {
  rsa: generateKeyPairSync("rsa", { modulusLength: 2048 }),
  ec: generateKeyPairSync("ec", { namedCurve: "P-256" }),
  ed: generateKeyPairSync("ed25519"),
};

export const jwks = {
  oct: { kty: "oct", alg: "HS256", k: Buffer.from(otherSecret).toString("base64url") },
  rsa: attacker.rsa.publicKey.export({ format: "jwk" }),
};

const keys = {
  secret,
  previous: previousSecret,
  other: otherSecret,
  empty: "",
  derived: deriveTokenKey(secret),
  truncated: secret.slice(0, -1),
  padded: `${secret}\n`,
  hashed: createHash("sha256").update(secret).digest(),
  base64: Buffer.from(secret).toString("base64"),
  publicKey: attacker.rsa.publicKey.export({ format: "pem", type: "spki" }).toString(),
} satisfies Record<KeyName, string | Uint8Array>;

const hashes = { HS256: "sha256", HS384: "sha384", HS512: "sha512" } as const;

/** In base64url. Keys by name are for HMAC alone. */
export function signatureOf(
  input: string,
  { alg = "HS256", key }: { alg?: (typeof algorithms)[number] | undefined; key: KeyName },
) {
  switch (alg) {
    case "none":
      return "";
    case "RS256":
      return signWith(attacker.rsa.privateKey, "sha256", input);
    case "PS256":
      return sign("sha256", Buffer.from(input), {
        key: attacker.rsa.privateKey,
        padding: constants.RSA_PKCS1_PSS_PADDING,
        saltLength: 32,
      }).toString("base64url");
    case "ES256":
      return sign("sha256", Buffer.from(input), {
        key: attacker.ec.privateKey,
        dsaEncoding: "ieee-p1363",
      }).toString("base64url");
    case "EdDSA":
      return signWith(attacker.ed.privateKey, null, input);
    default:
      return createHmac(hashes[alg], keys[key]).update(input).digest("base64url");
  }
}

/** @param hash null where the algorithm has its own */
function signWith(key: KeyObject, hash: string | null, input: string): string {
  return sign(hash, Buffer.from(input), key).toString("base64url");
}
