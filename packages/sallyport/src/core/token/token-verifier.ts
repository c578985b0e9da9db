import type { KeyObject } from "node:crypto";
import { compactVerify, errors } from "jose";
import type { CompactJws } from "./compact-jws.ts";
import { verifyHs256 } from "./hs256.ts";
import { type JwkSet, KeysUnavailable } from "./jwk-set.ts";

/** The `typ` of the tokens that the `sallyport()` plugin issues (RFC 9068 2.1). */
export const accessTokenType = "at+jwt";

type SignatureFault = "key" | "signature";

/** Whose signatures count. A token's own header never chooses an algorithm or where keys are from. */
export interface TokenVerifier {
  algorithms: readonly string[];
  /** What `typ` may be, exactly; undefined stands for a header without one. */
  types: readonly (string | undefined)[];
  /** Whether `uid` must be there; where it is, it is the subject in any case. */
  requiresUid: boolean;
  /** Null if the signature holds. Rejects with `KeysUnavailable` when nobody can say. */
  faultOf(jws: CompactJws): Promise<SignatureFault | null> | SignatureFault | null;
}

/** Any of the secrets may have made the signature, so that they can rotate. */
export function sharedSecretVerifier(keys: readonly KeyObject[]): TokenVerifier {
  return {
    algorithms: ["HS256"],
    types: [accessTokenType],
    requiresUid: true,
    faultOf: ({ signingInput, signature }) =>
      verifyHs256(signingInput, signature, keys) ? null : "signature",
  };
}

/** The public keys that Better Auth's `jwt` plugin shows. */
export function jwkSetVerifier(keys: JwkSet): TokenVerifier {
  const algorithms = ["EdDSA", "ES256", "RS256", "PS256"];
  return {
    algorithms,
    // The plugin writes no `typ` into its tokens, and one of their own into its keys' other uses.
    types: [undefined, "JWT", accessTokenType],
    requiresUid: false,
    async faultOf({ token, header }) {
      const key = await keys.keyFor(header);
      if (key === undefined) return "key";
      try {
        await compactVerify(token, key, { algorithms });
        return null;
      } catch (cause) {
        if (cause instanceof errors.JOSEError) return "signature";
        // A key that is too weak, say: it tells nothing about who signed.
        throw new KeysUnavailable("a key of Better Auth cannot be used", { cause });
      }
    },
  };
}
