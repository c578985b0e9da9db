import assert from "node:assert/strict";
import { createHmac, createSecretKey } from "node:crypto";
import { describe, test } from "node:test";
import fc from "fast-check";
import { type JWTVerifyResult, jwtVerify } from "jose";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import { hostileTokens } from "../test/hostile-tokens.ts";
import { audience, issuer, userId } from "../test/token-recipes.ts";
import { secret } from "../test/token-signing.ts";
import { judgeToken } from "./core/token/access-token.ts";
import { sharedSecretVerifier } from "./core/token/token-verifier.ts";

const nowSeconds = 1_772_107_200;
const now = new Date(nowSeconds * 1000);
const clockToleranceSeconds = 5;
const key = createSecretKey(Buffer.from(secret));
const verifier = sharedSecretVerifier([key]);
const rules = { issuer, audience, clockToleranceSeconds, maxLifetimeSeconds: 900 };

describe(`hostile tokens (seed ${fuzzSeed})`, () => {
  const token = hostileTokens({
    issuer,
    audience,
    userId,
    nowSeconds,
    sign: (input) => createHmac("sha256", secret).update(input).digest("base64url"),
  });
  const atOnce = 100;

  test("SEC4 SEC5 SEC7 SEC8 SEC10 no token is accepted that jose refuses, or reads in another way", async (t) => {
    const seen = new Map<string, number>();
    await fc.assert(
      fc.asyncProperty(
        fc.array(token, { minLength: atOnce, maxLength: atOnce }),
        async (tokens) => {
          for (const hostile of tokens) {
            const judged = await judgeToken(hostile, verifier, rules, now);
            const outcome = judged.ok ? "allowed" : judged.fault;
            seen.set(outcome, (seen.get(outcome) ?? 0) + 1);
            if (!judged.ok) continue;
            const { payload } = await verifiedByJose(hostile);
            assert.equal(payload.sub, judged.user.userId);
            assert.equal(payload.uid, judged.user.userId);
            assert.equal(payload.exp && payload.exp * 1000, judged.expiresAt.getTime());
          }
        },
      ),
      // Ten times as many as of anything else that is fuzzed: each costs microseconds.
      fuzzed(10, atOnce),
    );
    t.diagnostic(JSON.stringify(Object.fromEntries(seen)));
    assert.ok((seen.get("allowed") ?? 0) > atOnce, "some have to be sound");
  });
});

function verifiedByJose(token: string): Promise<JWTVerifyResult> {
  return jwtVerify(token, key, {
    algorithms: ["HS256"],
    typ: "at+jwt",
    issuer,
    audience,
    requiredClaims: ["sub", "uid", "iat", "exp"],
    clockTolerance: clockToleranceSeconds,
    currentDate: now,
  });
}
