import assert from "node:assert/strict";
import { describe, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { jwt as jwtPlugin } from "better-auth/plugins/jwt";
import { decodeProtectedHeader, type JSONWebKeySet, jwtVerify } from "jose";
import * as z from "zod";
import { fromNewAddress, patientMs, startBetterAuth } from "../test/auth-server.ts";
import { createJwkSet, KeysUnavailable } from "./core/token/jwk-set.ts";
import { createGuard, type Guard } from "./index.ts";
import { jwt } from "./jwt.ts";
import { type FakeBetterAuth, type Fault, fakeBetterAuth, faults } from "./testing.ts";

const second = 1_000;
const minute = 60 * second;
const maxStaleMs = 60 * minute;
/** For faults that last as long as the guard lets them. */
const shortDeadlineMs = 300;
const silences: readonly Fault[] = [
  "no-answer",
  "headers-then-silence",
  "slow-drip",
  "early-hints-only",
];

async function startFake(t: TestContext): Promise<FakeBetterAuth> {
  const fake = await fakeBetterAuth();
  t.after(() => fake.close());
  return fake;
}

function startGuard(t: TestContext, fake: FakeBetterAuth, deadlineMs = patientMs): Guard {
  const { url, origin } = fake;
  const guard = createGuard({
    schemes: [jwt({ jwksUrl: `${url}/jwks`, issuer: origin, audience: origin, deadlineMs })],
  });
  t.after(() => guard.close());
  return guard;
}

async function judge(guard: Guard, token: string) {
  const headers = new Headers({ authorization: `Bearer ${token}` });
  const result = await guard.authenticate({ method: "GET", headers });
  return result.ok ? "ok" : result.failure.code;
}

/** The token with another key id in its header. */
function withKeyId(token: string, kid: string): string {
  const [, ...rest] = token.split(".");
  const header = JSON.stringify({ ...decodeProtectedHeader(token), kid });
  return [Buffer.from(header).toString("base64url"), ...rest].join(".");
}

describe("SEC14 keys that cannot be had are an outage, and its end is noticed", {
  concurrency: 8,
}, () => {
  for (const fault of faults) {
    test(fault, async (t) => {
      const fake = await startFake(t);
      const { jwt: token } = fake.signIn();
      const deadlineMs = silences.includes(fault) ? shortDeadlineMs : patientMs;
      const [cold, warm] = [startGuard(t, fake, deadlineMs), startGuard(t, fake)];
      assert.equal(await judge(warm, token), "ok");

      await fake.fail(fault);
      assert.equal(await judge(cold, token), "authority_unavailable");
      assert.equal(cold.authority(), "unavailable");
      const denial = cold.denial({ code: "authority_unavailable", scheme: "token" }, "id");
      assert.equal(denial.headers["Retry-After"], "1");
      assert.equal(await judge(cold, withKeyId(token, "forged")), "authority_unavailable");
      assert.equal(await judge(cold, "a.b.c"), "credentials_malformed", "no keys needed");
      assert.equal(await judge(warm, token), "ok", "the keys are known");

      await fake.recover();
      while ((await judge(cold, token)) !== "ok") await setTimeout(50);
      assert.equal(cold.authority(), "ok");
    });
  }
});

test("a key set without a key, or with one that cannot be read, is an outage", async (t) => {
  const fake = await startFake(t);
  const { jwt: token } = fake.signIn();
  const { kid } = decodeProtectedHeader(token);
  for (const keys of [[], [{ kty: "OKP", crv: "Ed25519", x: "AA", alg: "EdDSA", kid }]]) {
    await fake.fail((_, response) => void response.end(JSON.stringify({ keys })));
    assert.equal(await judge(startGuard(t, fake), token), "authority_unavailable");
  }
});

/** The keys of a Better Auth at a time of the test's choice, and how often it was asked for them. */
function keySetOf(url: string) {
  let [time, calls] = [0, 0];
  const keys = createJwkSet({
    async fetchKeys(): Promise<JSONWebKeySet> {
      calls += 1;
      const response = await fetch(`${url}/jwks`, { headers: fromNewAddress() });
      return z
        .object({ keys: z.array(z.looseObject({ kty: z.string() })) })
        .parse(await response.json());
    },
    maxStaleMs,
    now: () => time,
  });
  return {
    ...keys,
    at(milliseconds: number) {
      time = milliseconds;
    },
    calls: () => calls,
    async answer(token: string): Promise<"verified" | "unknown" | "unavailable"> {
      try {
        const { alg = "", kid = "" } = decodeProtectedHeader(token);
        const key = await keys.keyFor({ alg, kid });
        if (key === undefined) return "unknown";
        await jwtVerify(token, key);
        return "verified";
      } catch (error) {
        if (error instanceof KeysUnavailable) return "unavailable";
        throw error;
      }
    },
  };
}

test("forged key ids make one request for keys in half a minute, however many they are", async (t) => {
  const fake = await startFake(t);
  const { jwt: token } = fake.signIn();
  const keys = keySetOf(fake.url);
  const flood = () =>
    Promise.all(Array.from({ length: 100 }, (_, n) => keys.answer(withKeyId(token, `forged${n}`))));

  assert.deepEqual(new Set(await flood()), new Set(["unknown"]));
  assert.equal(keys.calls(), 2, "for the first keys, and for more");
  for (const [at, calls] of [
    [29.9 * second, 2],
    [30 * second, 3],
    [59.9 * second, 3],
    [60 * second, 4],
  ] as const) {
    keys.at(at);
    assert.deepEqual(new Set(await flood()), new Set(["unknown"]));
    assert.equal(keys.calls(), calls, `${at} ms`);
    assert.equal(await keys.answer(token), "verified");
  }
});

test("forged key ids during an outage make one request for keys a second", async (t) => {
  const fake = await startFake(t);
  const { jwt: token } = fake.signIn();
  const keys = keySetOf(fake.url);
  assert.equal(await keys.answer(token), "verified");
  await fake.fail("status-500");
  for (const [at, calls] of [
    [30 * second, 2],
    [30.9 * second, 2],
    [31 * second, 3],
    [31.9 * second, 3],
  ] as const) {
    keys.at(at);
    const answers = Array.from({ length: 100 }, (_, n) =>
      keys.answer(withKeyId(token, `forged${n}`)),
    );
    assert.deepEqual(new Set(await Promise.all(answers)), new Set(["unavailable"]));
    assert.equal(keys.calls(), calls, `${at} ms`);
    assert.equal(await keys.answer(token), "verified", "whose key is known");
  }
});

test("keys outlive an outage up to the bound, and not a moment longer", async (t) => {
  const fake = await startFake(t);
  const { jwt: token } = fake.signIn();
  const keys = keySetOf(fake.url);
  assert.equal(await keys.answer(token), "verified");
  await fake.fail("connection-refused");
  for (const at of [10 * minute + 1, 30 * minute, maxStaleMs]) {
    keys.at(at);
    assert.equal(await keys.answer(token), "verified", `${at} ms`);
    assert.ok(keys.isUsable());
  }
  keys.at(maxStaleMs + 1);
  assert.equal(await keys.answer(token), "unavailable");
  assert.ok(!keys.isUsable());

  await fake.recover();
  keys.at(maxStaleMs + 2 * second);
  assert.equal(await keys.answer(token), "verified");
  assert.ok(keys.isUsable());
});

test("a key that Better Auth begins to use is found, and one that it withdraws counts no more", async (t) => {
  const server = await startBetterAuth({ plugins: [jwtPlugin({ disableSettingJwtHeader: true })] });
  t.after(server.close);
  const { cookie } = await server.signUp("ada");
  const tokenNow = async () => {
    const headers = { ...fromNewAddress(), cookie };
    const response = await fetch(`${server.url}/token`, { headers });
    return z.object({ token: z.string() }).parse(await response.json()).token;
  };
  const stored = server.tables.jwks;

  const old = await tokenNow();
  const keys = keySetOf(server.url);
  assert.equal(await keys.answer(old), "verified");
  const [oldKey] = stored?.splice(0) ?? [];
  const next = await tokenNow();
  assert.notEqual(decodeProtectedHeader(next).kid, decodeProtectedHeader(old).kid);
  if (oldKey !== undefined) stored?.push(oldKey);

  assert.equal(await keys.answer(next), "verified", "although keys were had a moment ago");
  assert.equal(keys.calls(), 2);
  assert.equal(await keys.answer(old), "verified", "shown still");

  stored?.pop();
  keys.at(minute);
  assert.equal(await keys.answer(withKeyId(next, "forged")), "unknown", "which asks again");
  assert.equal(await keys.answer(old), "unknown");
  assert.equal(await keys.answer(next), "verified");
});

test("keys are asked for again every ten minutes, without anyone waiting for it", async (t) => {
  const fake = await startFake(t);
  const { jwt: token } = fake.signIn();
  const keys = keySetOf(fake.url);
  assert.equal(await keys.answer(token), "verified");
  await fake.fail("no-answer");
  keys.at(10 * minute + 1);
  const answers = Array.from({ length: 20 }, () => keys.answer(token));
  assert.deepEqual(new Set(await Promise.all(answers)), new Set(["verified"]));
  assert.equal(keys.calls(), 2);
});
