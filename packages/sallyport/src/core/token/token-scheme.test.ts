import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, randomUUID } from "node:crypto";
import { test } from "node:test";
import { SignJWT } from "jose";
import { fakeBetterAuth } from "../../testing.ts";
import { type JwtOptions, jwt } from "./token-scheme.ts";

const secret = "a-secret-of-the-tests-alone-0123456789";
const parties = { issuer: "https://app.example.com", audience: "https://api.example.com" };
const jwksUrl = "http://localhost:3000/api/auth/jwks";

const misconfigurations: [what: string, options: JwtOptions, message: RegExp][] = [
  ["no tolerance at all below", { ...parties, secret, clockToleranceSeconds: -1 }, /from 0 to 60/],
  ["61 s of tolerance", { ...parties, secret, clockToleranceSeconds: 61 }, /from 0 to 60/],
  ["half a second of tolerance", { ...parties, secret, clockToleranceSeconds: 0.5 }, /whole/],
  ["tokens for ever", { ...parties, secret, maxLifetimeSeconds: Infinity }, /from 1 to 86400/],
  ["no issuer", { ...parties, secret, issuer: "" }, /issuer must be/],
  ["no audience", { ...parties, secret, audience: "" }, /audience must be/],
  ["two sources of keys", Object.assign({ jwksUrl }, parties, { secret }), /one source of keys/],
  ["keys from a file", { ...parties, jwksUrl: "file:///jwks" }, /jwksUrl must be an http/],
];
for (const [what, options, message] of misconfigurations) {
  test(`SEC8 a scheme with ${what} is not made`, () => assert.throws(() => jwt(options), message));
}

test("SEC8 0 and 60 s of tolerance are allowed", () => {
  for (const clockToleranceSeconds of [0, 60]) jwt({ ...parties, secret, clockToleranceSeconds });
});

async function judge(options: JwtOptions, token: string): Promise<string> {
  const scheme = jwt(options);
  const headers = new Headers({ authorization: `Bearer ${token}` });
  const result = await scheme.authenticate({ method: "GET", headers });
  await scheme.close();
  assert.ok(result);
  return result.ok ? "allowed" : result.failure.code;
}

test("SEC8 clocks may differ by 5 s unless one says otherwise", async () => {
  const expiredFor = (seconds: number) => {
    const now = Math.floor(Date.now() / 1000);
    return new SignJWT({ uid: "u" })
      .setProtectedHeader({ alg: "HS256", typ: "at+jwt" })
      .setSubject("u")
      .setIssuer(parties.issuer)
      .setAudience(parties.audience)
      .setIssuedAt(now - 60)
      .setExpirationTime(now - seconds)
      .sign(Buffer.from(secret));
  };
  assert.equal(await judge({ ...parties, secret }, await expiredFor(3)), "allowed");
  assert.equal(await judge({ ...parties, secret }, await expiredFor(5)), "token_expired");
});

test("SEC4 a token may have 8 KB, and not a byte more", async () => {
  const part = (value: object) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const ofLength = (length: number) => {
    const now = Math.floor(Date.now() / 1000);
    const claims = { sub: "u", uid: "u", iss: parties.issuer, aud: parties.audience };
    for (let padding = 0; ; padding += 1) {
      const payload = { ...claims, iat: now, exp: now + 60, padding: "x".repeat(padding) };
      const input = `${part({ alg: "HS256", typ: "at+jwt" })}.${part(payload)}`;
      const token = `${input}.${createHmac("sha256", secret).update(input).digest("base64url")}`;
      if (token.length >= length) return token;
    }
  };
  const longest = ofLength(8_190);
  assert.ok(longest.length <= 8_192);
  assert.equal(await judge({ ...parties, secret }, longest), "allowed");
  const tooLong = ofLength(8_193);
  assert.ok(tooLong.length <= 8_195);
  assert.equal(await judge({ ...parties, secret }, tooLong), "credentials_malformed");
});

test("with a key set other kinds of tokens of the same keys are refused, and a key too weak is an outage", async (t) => {
  const auth = await fakeBetterAuth();
  t.after(auth.close);
  const kid = randomUUID();
  const weak = generateKeyPairSync("rsa", { modulusLength: 1024 });
  const strong = generateKeyPairSync("ed25519");
  const publish = (key: object) =>
    auth.fail((_, response) => {
      response.setHeader("Content-Type", "application/json");
      response.end(JSON.stringify({ keys: [{ ...key, kid }] }));
    });
  const options = { issuer: auth.origin, audience: auth.origin, jwksUrl: `${auth.url}/jwks` };
  const sign = (typ?: string) =>
    new SignJWT({})
      .setProtectedHeader({ alg: "EdDSA", kid, ...(typ && { typ }) })
      .setSubject("u")
      .setIssuer(auth.origin)
      .setAudience(auth.origin)
      .setIssuedAt()
      .setExpirationTime("5m")
      .sign(strong.privateKey);

  await publish({ alg: "EdDSA", ...strong.publicKey.export({ format: "jwk" }) });
  for (const typ of [undefined, "JWT", "at+jwt"]) {
    assert.equal(await judge(options, await sign(typ)), "allowed", typ);
  }
  for (const typ of ["id+jwt", "logout+jwt", "better-auth.session-cache+jwt"]) {
    assert.equal(await judge(options, await sign(typ)), "token_invalid", typ);
  }

  await publish({ alg: "RS256", ...weak.publicKey.export({ format: "jwk" }) });
  const encode = (part: object) => Buffer.from(JSON.stringify(part)).toString("base64url");
  const signedByIt = `${encode({ alg: "RS256", kid })}.${encode({})}.${"A".repeat(171)}`;
  assert.equal(await judge(options, signedByIt), "authority_unavailable");
});
