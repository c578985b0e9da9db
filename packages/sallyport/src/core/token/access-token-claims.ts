import * as z from "zod";
import type { AuthenticatedUser } from "../auth-result.ts";

/** Why a token whose signature holds is refused all the same; for the log, beside `token_invalid`. */
export type ClaimFault =
  | "claims"
  | "expired"
  | "lifetime"
  | "issued_in_the_future"
  | "not_yet_valid"
  | "issuer"
  | "audience"
  | "subject";

export interface ClaimRules {
  issuer: string;
  audience: string;
  /** `exp - iat` at most. */
  maxLifetimeSeconds: number;
  clockToleranceSeconds: number;
}

export type JudgedClaims =
  | { ok: true; user: AuthenticatedUser; expiresAt: Date }
  | { ok: false; fault: ClaimFault };

/** NumericDate (RFC 7519 2) within what a `Date` can hold. */
const numericDate = z.number().min(0).max(8.64e12);
/** Text that every database can hold: neither control characters, NUL among them, nor lone surrogates. */
const identifier = z.string().regex(/^[^\p{Cc}\p{Cs}]{1,255}$/u);

const claimsSchema = z.object({
  sub: identifier,
  uid: identifier.optional(),
  iss: z.string(),
  aud: z.union([z.string(), z.array(z.string())]),
  iat: numericDate,
  exp: numericDate,
  nbf: numericDate.optional(),
  email: z.string().nullish(),
  name: z.string().nullish(),
});

/** Judges claims whose signature has been verified (RFC 7519 7.2). Compares exactly. */
export function judgeClaims(
  claims: object,
  rules: ClaimRules & { requiresUid: boolean },
  now: Date,
): JudgedClaims {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return refuseFor("claims");
  const { sub, uid, iss, aud, iat, exp, nbf, email, name } = parsed.data;
  const { clockToleranceSeconds: tolerance } = rules;
  const nowSeconds = now.getTime() / 1000;

  if (iss !== rules.issuer) return refuseFor("issuer");
  if (typeof aud === "string" ? aud !== rules.audience : !aud.includes(rules.audience)) {
    return refuseFor("audience");
  }
  if (uid === undefined ? rules.requiresUid : uid !== sub) return refuseFor("subject");
  if (exp <= iat || exp - iat > rules.maxLifetimeSeconds) return refuseFor("lifetime");
  if (iat > nowSeconds + tolerance) return refuseFor("issued_in_the_future");
  if (nbf !== undefined && nbf > nowSeconds + tolerance) return refuseFor("not_yet_valid");
  if (exp <= nowSeconds - tolerance) return refuseFor("expired");
  return {
    ok: true,
    user: { userId: sub, email: email ?? null, name: name ?? null },
    expiresAt: new Date(exp * 1000),
  };
}

function refuseFor(fault: ClaimFault): JudgedClaims {
  return { ok: false, fault };
}
