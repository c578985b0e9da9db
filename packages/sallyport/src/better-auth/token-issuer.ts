import type { AuthContext } from "better-auth";
import { want, wantWholeNumber } from "../core/options.ts";
import type { TokenIssuer } from "../core/token/issue-token.ts";
import { deriveTokenKey, tokenKey } from "../core/token/token-key.ts";

export interface TokenOptions {
  /** `aud`: the public origin of the backend that the tokens are for, `API_URL`. */
  audience: string;
  /** How long a token counts, in seconds: 1 to 900. Default: 300. */
  lifetimeSeconds?: number | undefined;
  /**
   * What signs: `none`, Better Auth's secret itself, or `hkdf`, `deriveTokenKey` of it, so that the
   * backend need not hold the secret. Default: `none`.
   */
  keyDerivation?: "none" | "hkdf" | undefined;
  /** Which of the derived keys signs, for `hkdf`: see `deriveTokenKey`. Default: 1. */
  keyVersion?: number | undefined;
}

const option = <Value>(name: keyof TokenOptions | "baseURL", value: Value) => ({
  of: "the token endpoint",
  name,
  value,
});

/**
 * Throws on options that cannot work; what it returns throws on a Better Auth that cannot issue
 * tokens: one without a fixed public address, or with a secret that is too short.
 */
export function tokenIssuerFor({
  audience,
  lifetimeSeconds = 300,
  keyDerivation = "none",
  keyVersion = 1,
}: TokenOptions): (auth: AuthContext) => TokenIssuer {
  want(isOrigin(audience), option("audience", audience), "an origin such as http://localhost:8000");
  wantWholeNumber(option("lifetimeSeconds", lifetimeSeconds), { from: 1, to: 900 });
  want(
    keyDerivation === "none" || keyDerivation === "hkdf",
    option("keyDerivation", keyDerivation),
    '"none" or "hkdf"',
  );

  wantWholeNumber(option("keyVersion", keyVersion), { from: 1, to: 1_000_000 });
  return ({ options: { baseURL }, secret }) => {
    const address = typeof baseURL === "string" ? URL.parse(baseURL) : null;
    want(address !== null, option("baseURL", baseURL), "Better Auth's one public address, a URL");
    // The current secret, the first of several: the same that signs the session cookie.
    const key = tokenKey(keyDerivation === "hkdf" ? deriveTokenKey(secret, keyVersion) : secret);
    return { issuer: address.origin, audience, lifetimeSeconds, key };
  };
}

function isOrigin(value: string): boolean {
  return /^https?:/.test(value) && URL.parse(value)?.origin === value;
}
