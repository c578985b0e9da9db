import { createHmac, type KeyObject } from "node:crypto";
import * as z from "zod";
import type { Person, Scene } from "./scene.ts";

const claimSet = z.record(z.string(), z.unknown());
export type Claims = z.infer<typeof claimSet>;

const decodeJson = (part: string): unknown => JSON.parse(Buffer.from(part, "base64url").toString());

const encode = (text: string | Buffer) => Buffer.from(text).toString("base64url");

/** A compact JWS; parts that are text are taken as JSON that is written already. */
export function compactJws(
  header: object | string,
  claims: object | string,
  sign: (input: string) => string | Buffer,
): string {
  const text = (part: object | string) => (typeof part === "string" ? part : JSON.stringify(part));
  const input = `${encode(text(header))}.${encode(text(claims))}`;
  const signature = sign(input);
  return `${input}.${typeof signature === "string" ? signature : encode(signature)}`;
}

/** An HMAC as `alg` says, which is HS256 for all that is no HMAC. */
export function hmac(key: string | Buffer | KeyObject, alg = "HS256") {
  const hash = { HS384: "sha384", HS512: "sha512" }[alg] ?? "sha256";
  return (input: string) => createHmac(hash, key).update(input).digest();
}

/** The claims of the attacker's own token; undefined where there is none. */
export function ownClaims({ attacker }: Scene): Claims | undefined {
  const [, payload = ""] = attacker.session.token.split(".");
  return payload === "" ? undefined : claimSet.parse(decodeJson(payload));
}

/** What stands in the attacker's own token, or in tokens anywhere, with a person's identity. */
export function claimsOf(scene: Scene, { session: { userId, email } }: Person): Claims {
  const { attacker, apiUrl, trustedOrigin } = scene;
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const times = { iat: nowSeconds, exp: nowSeconds + 300 };
  const own = ownClaims(scene);
  if (own) {
    const others = JSON.stringify(own)
      .replaceAll(attacker.session.userId, userId)
      .replaceAll(attacker.session.email, email);
    return { ...claimSet.parse(JSON.parse(others)), ...times };
  }
  const ids = { sub: userId, uid: userId, id: userId, userId, user_id: userId, email };
  return { ...ids, iss: trustedOrigin, aud: apiUrl.origin, ...times };
}

/** The header of the attacker's own token, or what is usual. */
export function headerOf({ attacker }: Scene): Claims {
  const [header = ""] = attacker.session.token.split(".");
  if (header === "") return { alg: "HS256", typ: "JWT" };
  return claimSet.parse(decodeJson(header));
}

/** A token with the identity of a person, as sound as one is that nobody signed. */
export function forgedToken(
  scene: Scene,
  person: Person,
  { header = {}, key = "not-the-secret" }: { header?: object; key?: string | Buffer } = {},
): string {
  return compactJws({ ...headerOf(scene), ...header }, claimsOf(scene, person), hmac(key));
}
