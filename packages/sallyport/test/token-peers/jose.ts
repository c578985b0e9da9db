import { jwtVerify } from "jose";
import type { TokenRules } from "./rules.ts";

export async function jose({ secret, issuer, audience }: TokenRules) {
  // Imported once: with the bytes of the secret, each verification would import them anew.
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const bytes = new TextEncoder().encode(secret);
  const key = await crypto.subtle.importKey("raw", bytes, algorithm, false, ["verify"]);
  return (token: string) =>
    jwtVerify(token, key, {
      algorithms: ["HS256"],
      typ: "at+jwt",
      issuer,
      audience,
      requiredClaims: ["sub", "uid", "iat", "exp"],
      maxTokenAge: "15m",
      clockTolerance: "5s",
    });
}
