import { createHmac } from "node:crypto";
import type { Account } from "./account.ts";

/** Cookies that are no session, made from those of three accounts that were signed in. */
export function badCookies(accounts: { active: Account; revoked: Account; expired: Account }) {
  const [name = "", encoded = ""] = accounts.active.cookie.split("=");
  const value = decodeURIComponent(encoded);
  const [token = ""] = value.split(".");
  const cookie = (text: string) => `${name}=${encodeURIComponent(text)}`;
  const foreignSignature = createHmac("sha256", "the secret of another deployment, not of this one")
    .update(token)
    .digest("base64");
  return {
    "no cookie": undefined,
    "an empty cookie": `${name}=`,
    "a garbage cookie": `${name}=garbage`,
    "a truncated cookie": cookie(value.slice(0, -9)),
    "a token without its signature": cookie(token),
    "a forged token": cookie(
      `${token.slice(0, -1)}${token.endsWith("A") ? "B" : "A"}${value.slice(token.length)}`,
    ),
    "a forged signature": cookie(`${token}.${"A".repeat(43)}=`),
    "another deployment's cookie": cookie(`${token}.${foreignSignature}`),
    "a revoked session": accounts.revoked.cookie,
    "an expired session": accounts.expired.cookie,
    "an 8 KB cookie": `${name}=${"x".repeat(8_192)}`,
    "a wrong percent-encoding": `${name}=%E0%A4%A`,
  } satisfies Record<string, string | undefined>;
}
