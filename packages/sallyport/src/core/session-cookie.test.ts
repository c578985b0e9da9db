import assert from "node:assert/strict";
import { test } from "node:test";
import { readSessionCookie } from "./session-cookie.ts";

const name = "better-auth.session_token";
const token = "kO2bS0mE7oKeNkO2bS0mE7oKeNkO2bS0";
const signature = `${"A+/9".repeat(10)}Abc=`;
const raw = `${token}.${signature}`;
const encoded = encodeURIComponent(raw);
const present = { state: "present", session: { token, signature } };

const cases: [guarantee: string, header: string | null, expected: object][] = [
  ["is absent without a Cookie header", null, { state: "absent" }],
  ["is absent among other cookies", "a=1; b=2", { state: "absent" }],
  ["is absent when its name stands without a value", name, { state: "absent" }],
  [
    "SEC17 is not found by another case",
    `Better-Auth.session_token=${encoded}`,
    { state: "absent" },
  ],
  ["SEC17 is not found with a prefix", `__Secure-${name}=${encoded}`, { state: "absent" }],
  [
    "SEC17 is not found by its session_data twin",
    `better-auth.session_data=${encoded}`,
    { state: "absent" },
  ],
  ["is read percent-encoded", `${name}=${encoded}`, present],
  [
    "SEC17 is malformed when its signature is spelt in another way, with the same bits",
    `${name}=${encodeURIComponent(raw.replace(/c=$/, "d="))}`,
    { state: "malformed" },
  ],
  ["is read unencoded", `${name}=${raw}`, present],
  ["is read among other cookies", `a=1;${name}=${encoded};b="x=y"`, present],
  [
    "is read when it stands twice with one value",
    `${name}=${encoded}; ${name}=${encoded}`,
    present,
  ],
  [
    "is malformed when it stands twice with two values",
    `${name}=${encoded}; ${name}=x`,
    { state: "malformed" },
  ],
  ["is malformed when empty", `${name}=`, { state: "malformed" }],
  ["is malformed without a signature", `${name}=${token}`, { state: "malformed" }],
  ["is malformed with a short signature", `${name}=${raw.slice(0, -2)}=`, { state: "malformed" }],
  [
    "is malformed with a signature that does not end in =",
    `${name}=${token}.${"A".repeat(44)}`,
    { state: "malformed" },
  ],
  [
    "is malformed with a url-safe signature",
    `${name}=${token}.${"_".repeat(43)}=`,
    { state: "malformed" },
  ],
  ["is malformed when it does not decode", `${name}=%E0%A4${encoded}`, { state: "malformed" }],
  [
    "is malformed with a control character inside",
    `${name}=%0d%0aX${encoded}`,
    { state: "malformed" },
  ],
  ["is malformed in quotes", `${name}="${encoded}"`, { state: "malformed" }],
  [
    "is malformed with a token of 257 characters",
    `${name}=${"t".repeat(257)}.${signature}`,
    { state: "malformed" },
  ],
  ["is decoded once only", `${name}=${encodeURIComponent(encoded)}`, { state: "malformed" }],
];

for (const [guarantee, header, expected] of cases) {
  test(`the session cookie ${guarantee}`, () => {
    assert.deepEqual(readSessionCookie(header, name), expected);
  });
}
