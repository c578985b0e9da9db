import { createHmac } from "node:crypto";

/** Values of the Cookie header that are no session, made from one that is. */
export function badCookies(cookie: string): Record<string, string> {
  const [name = "", encoded = ""] = cookie.split("=");
  const value = decodeURIComponent(encoded);
  const [token = ""] = value.split(".");
  const signed = (key: string) =>
    `${token}.${createHmac("sha256", key).update(token).digest("base64")}`;
  const asCookie = (text: string) => `${name}=${encodeURIComponent(text)}`;
  return {
    "an empty cookie": `${name}=`,
    garbage: `${name}=garbage`,
    "a truncated cookie": asCookie(value.slice(0, -9)),
    "a token without its signature": asCookie(token),
    "a forged token": asCookie(`x${value.slice(1)}`),
    "a forged signature": asCookie(`${token}.${"A".repeat(43)}=`),
    "another deployment's cookie": asCookie(signed("the secret of another deployment, not ours")),
    "8 KB of junk": `${name}=${"x".repeat(8_192)}`,
    "a wrong percent-encoding": `${name}=%E0%A4%A`,
    "a session_data cookie alone": "better-auth.session_data=eyJzZXNzaW9uIjp7fX0",
  };
}
