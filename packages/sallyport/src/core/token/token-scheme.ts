import { type AuthResult, refuse } from "../auth-result.ts";
import { want, wantRealm, wantUrl, wantWholeNumber } from "../options.ts";
import type { Scheme } from "../scheme.ts";
import { endOfTurn } from "../turn.ts";
import { judgeToken, type TokenFault } from "./access-token.ts";
import { readBearerToken } from "./bearer-token.ts";
import { KeysUnavailable } from "./jwk-set.ts";
import { type KeySource, remoteKeys, sharedSecret } from "./key-source.ts";

interface TokenOptions {
  /** `iss` as it must be: Better Auth's public origin, `BETTER_AUTH_URL`. */
  issuer: string;
  /** One of `aud`: this backend's public origin, `API_URL`. */
  audience: string;
  /** Named in `WWW-Authenticate`. Default: `api`. */
  realm?: string | undefined;
  /** How far clocks may be apart, in seconds: 0 to 60. Default: 5. */
  clockToleranceSeconds?: number | undefined;
  /** `exp - iat` at most, in seconds: 1 to 86,400. Default: 900. */
  maxLifetimeSeconds?: number | undefined;
}

/** HS256 tokens of the `sallyport()` plugin, or of anyone else who holds the secret. */
export interface SharedSecretOptions extends TokenOptions {
  /**
   * What signs the tokens: `BETTER_AUTH_SECRET` itself (its UTF-8 bytes), or the bytes of
   * `deriveTokenKey`; at least 32. Several while they rotate: each of them counts.
   */
  secret: string | Uint8Array | readonly (string | Uint8Array)[];
}

/** EdDSA, ES256, RS256 and PS256 tokens of Better Auth's own `jwt` plugin. */
export interface JwkSetOptions extends TokenOptions {
  /** Where Better Auth shows its public keys: `http://localhost:3000/api/auth/jwks`. */
  jwksUrl: string;
  /** How long keys count that cannot be renewed, in seconds: 60 to 604,800. Default: 86,400. */
  maxStaleSeconds?: number | undefined;
  /** For one request for the keys, its retry included, in milliseconds: 1 to 5,000. Default: 1,000. */
  deadlineMs?: number | undefined;
}

export type JwtOptions = SharedSecretOptions | JwkSetOptions;

type OptionName = keyof SharedSecretOptions | keyof JwkSetOptions;

const option = <Value>(name: OptionName, value: Value) => ({
  of: "the token scheme",
  name,
  value,
});

/**
 * Stateless tokens: `Authorization: Bearer` (RFC 6750 2.1), verified here, without asking anyone.
 * A token counts until it expires, whatever has become of its session. Cookies are not looked at.
 *
 * Throws on options that cannot work.
 */
export function jwt(options: JwtOptions): Scheme {
  const { issuer, audience } = options;
  want(typeof issuer === "string" && issuer !== "", option("issuer", issuer), "a text");
  want(typeof audience === "string" && audience !== "", option("audience", audience), "a text");
  const realm = wantRealm(option("realm", options.realm ?? "api"));
  const rules = {
    issuer,
    audience,
    clockToleranceSeconds: wantWholeNumber(
      option("clockToleranceSeconds", options.clockToleranceSeconds ?? 5),
      { from: 0, to: 60 },
    ),
    maxLifetimeSeconds: wantWholeNumber(
      option("maxLifetimeSeconds", options.maxLifetimeSeconds ?? 900),
      { from: 1, to: 86_400 },
    ),
  };
  const { verifier, authority, close } = keySourceOf(options);

  return {
    name: "token",
    challenge: `Bearer realm="${realm}"`,
    async authenticate(request): Promise<AuthResult | null> {
      const bearer = readBearerToken(request.headers.get("authorization"));
      if (bearer.state === "absent") return null;
      if (bearer.state === "malformed") return refuse("credentials_malformed", { scheme: "token" });
      try {
        const judged = await judgeToken(bearer.token, verifier, rules, new Date());
        await endOfTurn();
        return judged.ok ? { ...judged, scheme: "token" } : refuseFor(judged.fault);
      } catch (cause) {
        if (!(cause instanceof KeysUnavailable)) throw cause;
        return refuse("authority_unavailable", { scheme: "token", cause });
      }
    },
    authority,
    close,
  };
}

function keySourceOf(options: JwtOptions): KeySource {
  const both = "secret" in options && "jwksUrl" in options;
  want(!both, option("secret", "jwksUrl as well"), "the one source of keys");
  if ("secret" in options) {
    const secrets = [options.secret].flat();
    want(
      secrets.length > 0 &&
        secrets.every((secret) => typeof secret === "string" || secret instanceof Uint8Array),
      // It is not told: it may be a secret that was put in the wrong shape.
      option("secret", "something else"),
      "a text or bytes, or several",
    );
    return sharedSecret(secrets);
  }
  const { jwksUrl, maxStaleSeconds = 86_400, deadlineMs = 1_000 } = options;
  return remoteKeys({
    url: wantUrl(option("jwksUrl", jwksUrl), "http://localhost:3000/api/auth/jwks"),
    maxStaleMs:
      wantWholeNumber(option("maxStaleSeconds", maxStaleSeconds), { from: 60, to: 604_800 }) *
      1_000,
    deadlineMs: wantWholeNumber(option("deadlineMs", deadlineMs), { from: 1, to: 5_000 }),
  });
}

function refuseFor(fault: TokenFault): AuthResult {
  const details = { scheme: "token", cause: new Error(`the token is refused: ${fault}`) } as const;
  if (fault === "syntax") return refuse("credentials_malformed", details);
  return refuse(fault === "expired" ? "token_expired" : "token_invalid", details);
}
