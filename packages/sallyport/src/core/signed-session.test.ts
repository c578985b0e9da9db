import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { formatSignedSession, parseSignedSession } from "./signed-session.ts";

const signature = `${"A+/9".repeat(10)}Abc=`;

const signed: [what: string, token: string][] = [
  ["Better Auth's own token", "kO2bS0mE7oKeNkO2bS0mE7oKeNkO2bS0"],
  ["one character", "t"],
  ["256 characters", "t".repeat(256)],
  ["every printable character", "!\"#$%&'()*+,-/0:;<=>?@A[\\]^_`a{|}~"],
  ["dots", "a.b..c."],
  ["what looks like a signature", signature],
];
for (const [what, token] of signed) {
  test(`${what} is read as it was signed, and written as it was read`, () => {
    const value = `${token}.${signature}`;
    const session = parseSignedSession(value);
    assert.deepEqual(session, { token, signature });
    assert.equal(formatSignedSession(session), value);
  });
}

test("every signature that there is can be read", () => {
  for (let index = 0; index < 1_000; index++) {
    const made = createHmac("sha256", "secret").update(`${index}`).digest("base64");
    assert.deepEqual(parseSignedSession(`t.${made}`), { token: "t", signature: made });
  }
});

const foreign: [what: string, value: string][] = [
  ["nothing", ""],
  ["a token alone", "t"],
  ["a signature alone", signature],
  ["an empty token", `.${signature}`],
  ["a token of 257 characters", `${"t".repeat(257)}.${signature}`],
  ["a space in the token", `a b.${signature}`],
  ["a line end in the token", `a\n.${signature}`],
  ["a character beyond ASCII in the token", `\u00e9.${signature}`],
  ["a line end behind it", `t.${signature}\n`],
  ["a short signature", `t.${signature.slice(1)}`],
  ["a long signature", `t.A${signature}`],
  ["a signature without its padding", `t.${signature.replace("=", "A")}`],
  ["a url-safe signature", `t.${signature.replaceAll("+", "-").replaceAll("/", "_")}`],
  ["SEC17 a signature spelt with stray bits", `t.${signature.replace(/c=$/, "d=")}`],
];
for (const [what, value] of foreign) {
  test(`${what} is nothing that Better Auth wrote`, () => {
    assert.equal(parseSignedSession(value), undefined);
  });
}
