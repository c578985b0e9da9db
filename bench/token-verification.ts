import { createHmac } from "node:crypto";
import { judgeToken } from "../packages/sallyport/src/core/token/access-token.ts";
import { tokenKey } from "../packages/sallyport/src/core/token/token-key.ts";
import { sharedSecretVerifier } from "../packages/sallyport/src/core/token/token-verifier.ts";
import { fastJwt } from "../packages/sallyport/test/token-peers/fast-jwt.ts";
import { jose } from "../packages/sallyport/test/token-peers/jose.ts";
import { audience, issuer } from "../packages/sallyport/test/token-recipes.ts";
import { secret } from "../packages/sallyport/test/token-signing.ts";
import { interleaved } from "./interleaved.ts";
import { median, medianRatio, type Spread, spread } from "./statistics.ts";
import { mintToken } from "./tokens.ts";

const rounds = 51;
const perRound = 1_000;

export interface VerificationCost {
  what: string;
  microseconds: Spread;
  timesFastestLibrary: number;
}

/** What does it cost to verify one HS256 token, all that is checked included? */
export async function tokenVerification(): Promise<VerificationCost[]> {
  // Of many users: nothing about one token helps with another.
  const tokens = Array.from({ length: perRound }, (_, index) => mintToken(`user-${index}`));
  const key = tokenKey(secret);
  const verifier = sharedSecretVerifier([key]);
  const rules = { issuer, audience, clockToleranceSeconds: 5, maxLifetimeSeconds: 900 };
  const verifyFast = fastJwt({ secret, issuer, audience });
  const verifyJose = await jose({ secret, issuer, audience });
  const microseconds = async (run: () => unknown) => {
    const startedAt = performance.now();
    await run();
    return ((performance.now() - startedAt) * 1_000) / perRound;
  };

  const cases = [
    {
      name: "the HMAC alone (node:crypto)",
      run() {
        for (const token of tokens) createHmac("sha256", key).update(token).digest();
      },
    },
    {
      name: "fast-jwt, no cache",
      run() {
        for (const token of tokens) verifyFast(token);
      },
    },
    {
      name: "jose, imported key",
      async run() {
        for (const token of tokens) await verifyJose(token);
      },
    },
    {
      name: "sallyport, all its checks",
      async run() {
        for (const token of tokens) {
          const { ok } = await judgeToken(token, verifier, rules, new Date());
          if (!ok) throw new Error("every one of these tokens is good");
        }
      },
    },
  ];
  const results = await interleaved(
    cases.map(
      ({ run }) =>
        () =>
          microseconds(run),
    ),
    rounds,
  );
  const [, ofFastJwt = [], ofJose = []] = results;
  const fastest = median(ofFastJwt) < median(ofJose) ? ofFastJwt : ofJose;

  return cases.map(({ name }, index) => ({
    what: name,
    microseconds: spread(results[index] ?? []),
    timesFastestLibrary: medianRatio(results[index] ?? [], fastest),
  }));
}
