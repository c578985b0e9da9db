import * as z from "zod";
import { parseJson, Unusable } from "../authority-answer.ts";
import { createAuthorityClient } from "../authority-client.ts";
import type { AuthorityState } from "../scheme.ts";
import { createJwkSet } from "./jwk-set.ts";
import { tokenKey } from "./token-key.ts";
import { jwkSetVerifier, sharedSecretVerifier, type TokenVerifier } from "./token-verifier.ts";

/** Where the keys that verify tokens come from. */
export interface KeySource {
  verifier: TokenVerifier;
  authority(): AuthorityState;
  close(): Promise<void>;
}

/** Needs nobody: a token is verified although Better Auth is down. */
export function sharedSecret(secrets: readonly (string | Uint8Array)[]): KeySource {
  return {
    verifier: sharedSecretVerifier(secrets.map(tokenKey)),
    authority: () => "ok",
    close: async () => {},
  };
}

export interface RemoteKeysOptions {
  url: URL;
  deadlineMs: number;
  maxStaleMs: number;
}

const jwkSetBody = z.object({
  // RFC 7517 5: keys of kinds that are not understood are ignored, by who chooses among them. A set
  // without a key is no answer: it would take the place of keys, and tell every token's bearer to
  // sign in again.
  keys: z.array(z.looseObject({ kty: z.string() })).min(1),
});

/** Better Auth's `/jwks`, asked when keys are first wanted. */
export function remoteKeys({ url, deadlineMs, maxStaleMs }: RemoteKeysOptions): KeySource {
  const client = createAuthorityClient({ origin: url.origin, deadlineMs });
  const keys = createJwkSet({
    fetchKeys: () => client.ask({ path: url.pathname, headers: {}, read: readJwkSet }),
    maxStaleMs,
    now: () => performance.now(),
  });
  return {
    verifier: jwkSetVerifier(keys),
    authority: () => (keys.isUsable() ? "ok" : "unavailable"),
    close: client.close,
  };
}

function readJwkSet(status: number, text: string): z.infer<typeof jwkSetBody> | Unusable {
  if (status !== 200) return new Unusable(`status ${status}`);
  const parsed = jwkSetBody.safeParse(parseJson(text));
  return parsed.success ? parsed.data : new Unusable("a body that is no key set");
}
