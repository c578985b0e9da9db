import assert from "node:assert/strict";
import { createPublicKey, type JsonWebKey, verify } from "node:crypto";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import {
  type BetterAuthServer,
  type SignedIn,
  secret,
  serviceKey,
  startBetterAuth,
} from "../../test/auth-server.ts";
import { cookieHeaders, type NamedValue, parsePair } from "../../test/cookie-headers.ts";
import { fuzzed, fuzzSeed } from "../../test/fuzzing.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "../testing.ts";

interface Call {
  method?: string;
  path?: string;
  cookie?: string;
  origin?: string;
  key?: string;
  /** Without it there is no body. */
  json?: string;
}

async function ask(url: string, call: Call) {
  const { method = "GET", path = "/get-session", cookie, origin, key = serviceKey, json } = call;
  const response = await fetch(url + path, {
    method,
    headers: {
      "X-Sallyport-Key": key,
      ...(cookie === undefined ? {} : { cookie }),
      ...(origin === undefined ? {} : { origin }),
      ...(json === undefined ? {} : { "content-type": "application/json" }),
    },
    ...(json === undefined ? {} : { body: json }),
  });
  const body = await response.text();
  return { status: response.status, headers: response.headers, body };
}

const told = ["code", "error_code", "type", "title", "status", "detail", "message"];

/** Keys, and the types of values; what is told of an error, or a null, is itself. */
function shapeOf(value: unknown, key = ""): unknown {
  if (value === null || typeof value === "boolean" || told.includes(key)) return value;
  if (Array.isArray(value)) return value.map((item) => shapeOf(item));
  if (typeof value !== "object") return typeof value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, shapeOf(item, key)]));
}

for (const secure of [false, true]) {
  describe(`the fake answers as Better Auth does, with ${secure ? "__Secure- cookies" : "plain cookies"}`, () => {
    let real: BetterAuthServer;
    let fake: FakeBetterAuth;
    /** One cookie that opens a session of the same user at both. */
    let ada: NamedValue;
    let late: NamedValue;
    let gone: NamedValue;

    before(async () => {
      real = await startBetterAuth({ secure, issuesJwts: true });
      fake = await fakeBetterAuth({ secure, secret });
      ada = parsePair((await signIn("ada")).fake.cookie);
      const expired = await signIn("late");
      real.expire(expired.real);
      fake.expire(expired.fake);
      late = parsePair(expired.fake.cookie);
      const revoked = await signIn("gone");
      await real.signOut(revoked.real);
      fake.revoke(revoked.fake);
      gone = parsePair(revoked.fake.cookie);
    });
    after(() => Promise.all([real.close(), fake.close()]));

    async function signIn(name: string): Promise<{ real: SignedIn; fake: FakeSession }> {
      const { userId } = await real.signUp(name);
      const session = fake.signIn({ id: userId, name, email: `${name}@example.com` });
      const token = parsePair(session.cookie).value.replace(/\..*/, "");
      real.retoken({ userId, cookie: session.cookie }, token);
      return { real: { userId, cookie: session.cookie }, fake: session };
    }

    async function assertSame(call: Call) {
      const answers = [real, fake].map(async ({ url, origin }) => {
        const from = call.origin === "own" ? { origin: ownOrigin(origin) } : {};
        const { status, headers, body } = await ask(url, { ...call, ...from });
        return {
          status,
          body: body === "" ? "" : shapeOf(JSON.parse(body)),
          type: headers.get("content-type"),
          cacheControl: headers.get("cache-control"),
          pragma: headers.get("pragma"),
          vary: headers.get("vary"),
          sniffing: headers.get("x-content-type-options"),
          challenge: headers.get("www-authenticate"),
          cookies: headers.getSetCookie(),
        };
      });
      const [theirs, ours] = await Promise.all(answers);
      assert.deepEqual(ours, theirs);
    }
    const ownOrigin = (origin: string) =>
      secure && origin === real.origin ? origin.replace("http:", "https:") : origin;

    const pair = ({ name, value }: NamedValue) => `${name}=${encodeURIComponent(value)}`;
    const quoted = ({ name, value }: NamedValue) => `${name}="${encodeURIComponent(value)}"`;
    const forged = ({ name, value }: NamedValue) => `${name}=${encodeURIComponent(`x${value}`)}`;
    /** The same signature, to a decoder that does not look at the last bits. */
    const respelt = (value: string) =>
      value.replace(/.=$/, (last) => `${String.fromCharCode(last.charCodeAt(0) + 1)}=`);
    const batch = { method: "POST", path: "/sallyport/sessions" };
    const batchOf = (sessions: unknown[]) => ({ ...batch, json: JSON.stringify({ sessions }) });
    const cases: [what: string, call: () => Call][] = [
      ["a session", () => ({ cookie: pair(ada) })],
      ["an expired session", () => ({ cookie: pair(late) })],
      ["a revoked session", () => ({ cookie: pair(gone) })],
      ["no cookie", () => ({})],
      ["garbage", () => ({ cookie: `${ada.name}=garbage` })],
      ["a cookie without a name", () => ({ cookie: ada.value })],
      ["a bad signature", () => ({ cookie: forged(ada) })],
      ["quotes", () => ({ cookie: quoted(ada) })],
      ["a session, then its forged twin", () => ({ cookie: `${pair(ada)}; ${forged(ada)}` })],
      ["a forged twin, then the session", () => ({ cookie: `${forged(ada)}; ${pair(ada)}` })],
      ["two sessions", () => ({ cookie: `${pair(gone)}; ${pair(ada)}` })],
      [
        "the guard's query",
        () => ({
          cookie: pair(ada),
          path: "/get-session?disableCookieCache=true&disableRefresh=true",
        }),
      ],
      ["any other query", () => ({ cookie: pair(ada), path: "/get-session?x=%&x=1" })],
      ["HEAD", () => ({ method: "HEAD", cookie: pair(ada) })],
      ["PUT", () => ({ method: "PUT", cookie: pair(ada) })],
      ["OPTIONS", () => ({ method: "OPTIONS", cookie: pair(ada) })],
      ["POST", () => ({ method: "POST" })],
      ["POST with a cookie", () => ({ method: "POST", cookie: pair(ada) })],
      ["POST of its own page", () => ({ method: "POST", cookie: pair(ada), origin: "own" })],
      ["POST of origin null", () => ({ method: "POST", cookie: pair(ada), origin: "null" })],
      [
        "POST of a foreign page",
        () => ({ method: "POST", cookie: pair(ada), origin: "https://evil.example" }),
      ],
      ["/ok", () => ({ path: "/ok" })],
      ["POST /ok", () => ({ method: "POST", path: "/ok" })],
      ["/session", () => ({ path: "/session", cookie: pair(ada) })],
      ["/session of an expired session", () => ({ path: "/session", cookie: pair(late) })],
      ["/session of a revoked session", () => ({ path: "/session", cookie: pair(gone) })],
      ["/session without a cookie", () => ({ path: "/session" })],
      ["/session with garbage", () => ({ path: "/session", cookie: `${ada.name}=garbage` })],
      ["/session with a bad signature", () => ({ path: "/session", cookie: forged(ada) })],
      ["/session with quotes", () => ({ path: "/session", cookie: quoted(ada) })],
      ["/session of one twice", () => ({ path: "/session", cookie: `${pair(ada)}; ${pair(ada)}` })],
      ["/session of two", () => ({ path: "/session", cookie: `${pair(gone)}; ${pair(ada)}` })],
      ["HEAD /session", () => ({ method: "HEAD", path: "/session", cookie: pair(ada) })],
      ["POST /session", () => ({ method: "POST", path: "/session" })],
      ["a batch", () => batchOf([ada.value, gone.value, late.value, ada.value])],
      ["a batch of a forged session and garbage", () => batchOf([`x${ada.value}`, "garbage", ""])],
      ["a batch of another spelling", () => batchOf([respelt(ada.value)])],
      ["a batch with a cookie's encoding", () => batchOf([encodeURIComponent(ada.value)])],
      ["a batch of 200", () => batchOf(Array(200).fill(ada.value))],
      ["a batch of 201", () => batchOf(Array(201).fill(ada.value))],
      ["a batch of none", () => batchOf([])],
      ["a batch of numbers", () => batchOf([1])],
      ["a batch that says more", () => ({ ...batch, json: '{"sessions":["x"],"more":1}' })],
      ["a batch that is no JSON", () => ({ ...batch, json: '{"sessions":[' })],
      ["a batch of more than 128 KB", () => batchOf(["x".repeat(128 * 1024)])],
      ["a batch without a body", () => ({ ...batch })],
      ["a batch with another key", () => ({ ...batchOf([ada.value]), key: "k".repeat(43) })],
      ["a batch without a key", () => ({ ...batchOf([ada.value]), key: "" })],
      ["a batch with a cookie", () => ({ ...batchOf([ada.value]), cookie: pair(ada) })],
      [
        "a batch with a cookie, of its own page",
        () => ({ ...batchOf([ada.value]), cookie: pair(ada), origin: "own" }),
      ],
      ["a batch with a query", () => ({ ...batchOf([ada.value]), path: `${batch.path}?x=1` })],
      ["GET of the batches' path", () => ({ path: batch.path })],
      ["PUT of a batch", () => ({ ...batchOf([ada.value]), method: "PUT" })],
      ["/jwks", () => ({ path: "/jwks" })],
      ["HEAD /jwks", () => ({ method: "HEAD", path: "/jwks" })],
      ["/nothing", () => ({ path: "/nothing", cookie: pair(ada) })],
      ["/get-session/", () => ({ path: "/get-session/", cookie: pair(ada) })],
      ["the base path", () => ({ path: "", cookie: pair(ada) })],
      ["a path outside", () => ({ path: "/../../elsewhere", cookie: pair(ada) })],
    ];
    for (const [what, call] of cases) {
      test(`to ${what}`, () => assertSame(call()));
    }

    test(`to any Cookie header (seed ${fuzzSeed})`, async () => {
      const bob = parsePair((await signIn("bob")).fake.cookie);
      const seen = { cookie: new Set<string>(), one: new Set<string>() };
      await fc.assert(
        fc.asyncProperty(cookieHeaders([ada, bob, late, gone]), async (cookie) => {
          const call = { cookie: new Headers({ cookie }).get("cookie") ?? "" };
          const answers = [real, fake].map(async ({ url }) => {
            const { status, headers, body } = await ask(url, call);
            const answer: { user: { id: string } } | null = JSON.parse(body);
            const deleted = headers.getSetCookie().some((line) => line.startsWith(`${ada.name}=;`));
            const one = await ask(url, { ...call, path: "/session" });
            const { user }: { user?: { id: string } } = JSON.parse(one.body);
            return {
              cookie: [status, answer?.user.id, deleted].join(" "),
              one: [one.status, user?.id].join(" "),
            };
          });
          const [theirs, ours] = await Promise.all(answers);
          assert.ok(theirs);
          assert.deepEqual(ours, theirs);
          seen.cookie.add(theirs.cookie);
          seen.one.add(theirs.one);
        }),
        fuzzed(0.05),
      );
      assert.equal(
        seen.cookie.size,
        4,
        "ada, bob, a session that is gone and none at all were seen",
      );
      assert.equal(seen.one.size, 3, "ada, bob and nobody were seen");
    });

    test("with a jwt of the same header and claims, which its own /jwks verifies", async () => {
      const { body } = await ask(real.url, { path: "/token", cookie: pair(ada) });
      const { token }: { token: string } = JSON.parse(body);
      const { jwt, user } = fake.signIn();
      const ours = decodeJwt(jwt);
      const theirs = decodeJwt(token);
      assert.deepEqual(shapeOf(ours.header), shapeOf(theirs.header));
      assert.deepEqual(shapeOf(ours.claims), shapeOf(theirs.claims));
      assert.equal(ours.claims.exp - ours.claims.iat, theirs.claims.exp - theirs.claims.iat);
      assert.equal(ours.claims.sub, user.id);
      for (const { claims, origin } of [
        { ...ours, origin: fake.origin },
        { ...theirs, origin: ownOrigin(real.origin) },
      ]) {
        assert.deepEqual([claims.iss, claims.aud], [origin, origin]);
      }

      for (const [{ url }, signed] of [[fake, ours] as const, [real, theirs] as const]) {
        const answer = await ask(url, { path: "/jwks" });
        const { keys }: { keys: (JsonWebKey & { kid: string })[] } = JSON.parse(answer.body);
        const jwk = keys.find(({ kid }) => kid === signed.header.kid);
        assert.ok(jwk);
        const key = createPublicKey({ key: jwk, format: "jwk" });
        assert.ok(verify(null, Buffer.from(signed.input), key, signed.signature));
      }
    });
  });
}

function decodeJwt(jwt: string) {
  const [header = "", claims = "", signature = ""] = jwt.split(".");
  const parse = (part: string) => JSON.parse(Buffer.from(part, "base64url").toString());
  return {
    header: parse(header) as { alg: string; kid: string },
    claims: parse(claims) as { sub: string; iat: number; exp: number; iss: string; aud: string },
    input: `${header}.${claims}`,
    signature: Buffer.from(signature, "base64url"),
  };
}
