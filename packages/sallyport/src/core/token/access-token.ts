import {
  type ClaimFault,
  type ClaimRules,
  type JudgedClaims,
  judgeClaims,
} from "./access-token-claims.ts";
import { splitCompactJws } from "./compact-jws.ts";
import { parseJsonObject } from "./strict-json.ts";
import type { TokenVerifier } from "./token-verifier.ts";

/** Why a token is refused; for the log, never for the client. */
export type TokenFault =
  | "syntax"
  | "header"
  | "algorithm"
  | "type"
  | "key"
  | "signature"
  | ClaimFault;

export type JudgedToken = JudgedClaims | { ok: false; fault: TokenFault };

/** Members that change how the rest is read, or bring keys along (RFC 7515 4.1, RFC 7516 4.1, RFC 7797). */
const refusedMembers = ["crit", "b64", "jwk", "jku", "x5c", "x5u", "zip", "enc", "cty"];

/** Judges a token in an order that trusts nothing too early: syntax, header, signature, claims. */
export async function judgeToken(
  token: string,
  verifier: TokenVerifier,
  rules: ClaimRules,
  now: Date,
): Promise<JudgedToken> {
  const jws = splitCompactJws(token);
  if (jws === undefined) return { ok: false, fault: "syntax" };
  const { header } = jws;
  if (refusedMembers.some((name) => Object.hasOwn(header, name))) {
    return { ok: false, fault: "header" };
  }
  if (!verifier.algorithms.includes(header.alg)) return { ok: false, fault: "algorithm" };
  if (!verifier.types.includes(header.typ)) return { ok: false, fault: "type" };

  const fault = await verifier.faultOf(jws);
  if (fault !== null) return { ok: false, fault };
  const claims = parseJsonObject(jws.payload);
  if (claims === undefined) return { ok: false, fault: "claims" };
  return judgeClaims(claims, { ...rules, requiresUid: verifier.requiresUid }, now);
}
