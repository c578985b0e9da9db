import { createHmac, randomUUID } from "node:crypto";
import { audience, issuer } from "../packages/sallyport/test/token-recipes.ts";
import { secret } from "../packages/sallyport/test/token-signing.ts";

/** As the plugin issues them, for longer than any measurement takes. */
export function mintToken(userId: string): string {
  const nowSeconds = Math.floor(Date.now() / 1000);
  const claims = {
    sub: userId,
    uid: userId,
    sid: randomUUID(),
    iss: issuer,
    aud: audience,
    iat: nowSeconds,
    exp: nowSeconds + 900,
    jti: randomUUID(),
  };
  const input = [{ alg: "HS256", typ: "at+jwt" }, claims]
    .map((part) => Buffer.from(JSON.stringify(part)).toString("base64url"))
    .join(".");
  return `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
}
