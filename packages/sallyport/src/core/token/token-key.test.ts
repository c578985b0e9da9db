import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { test } from "node:test";
import { deriveTokenKey, tokenKey } from "./token-key.ts";
import { jwt } from "./token-scheme.ts";

test("SEC6 a secret under 32 bytes is refused, and none is trimmed or made longer", () => {
  assert.throws(() => tokenKey("x".repeat(31)), /at least 32 bytes, received 31/);
  assert.throws(() => tokenKey(""), /received 0/);
  assert.throws(() => deriveTokenKey("x".repeat(31)), /received 31/);
  assert.equal(tokenKey("ä".repeat(16)).symmetricKeySize, 32);
  assert.equal(tokenKey(` ${"x".repeat(32)}\n`).symmetricKeySize, 34);
});

test("SEC6 a scheme is not made without a secret, and does not tell what it got instead", () => {
  const options = { issuer: "https://app.example.com", audience: "https://api.example.com" };
  for (const secret of [[], "too-short", ["x".repeat(32), "too-short"]]) {
    assert.throws(
      () => jwt({ ...options, secret }),
      (error) => {
        assert.ok(error instanceof TypeError);
        return !error.message.includes("too-short");
      },
    );
  }
});

test("SEC6 what everybody knows is no secret", () => {
  for (const [secret, why] of [
    ["better-auth-secret-12345678901234567890", /Better Auth's default/],
    [" ".repeat(40), /of one byte/],
    [new Uint8Array(32), /of one byte/],
    [`-----BEGIN PUBLIC KEY-----\n${"x".repeat(64)}`, /received a PEM text/],
  ] as const) {
    assert.throws(() => tokenKey(secret), why);
  }
});

test("the derived key is HKDF-SHA256 of the secret, without salt, with one label", () => {
  const secret = "a-secret-of-at-least-32-bytes-for-tests";
  const hmac = (key: string | Buffer, data: string) =>
    createHmac("sha256", key).update(data).digest();
  // RFC 5869 2.2 and 2.3, in their own words, for one block.
  const extracted = hmac(Buffer.alloc(32), secret);
  const expanded = hmac(extracted, "sallyport/api-token/v1\u0001");
  assert.deepEqual(Buffer.from(deriveTokenKey(secret)), expanded);
  const next = hmac(extracted, "sallyport/api-token/v2\u0001");
  assert.deepEqual(Buffer.from(deriveTokenKey(secret, 2)), next);
  for (const version of [0, 1.5, Number.NaN, -1]) {
    assert.throws(() => deriveTokenKey(secret, version), /version must be a whole number/);
  }
});
