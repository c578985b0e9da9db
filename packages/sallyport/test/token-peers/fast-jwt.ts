import { createVerifier } from "fast-jwt";
import type { TokenRules } from "./rules.ts";

export function fastJwt({ secret, issuer, audience }: TokenRules) {
  return createVerifier({
    key: secret,
    algorithms: ["HS256"],
    checkTyp: "at+jwt",
    allowedIss: issuer,
    allowedAud: audience,
    requiredClaims: ["iss", "aud", "sub", "uid", "iat", "exp"],
    maxAge: 15 * 60 * 1000,
    clockTolerance: 5 * 1000,
  });
}
