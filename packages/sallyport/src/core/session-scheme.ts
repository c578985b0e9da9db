import { refuse } from "./auth-result.ts";
import { comesFromTrustedOrigin } from "./cross-origin.ts";
import type { Scheme } from "./scheme.ts";
import { createSessionAuthority } from "./session-authority.ts";
import { readSessionCookie } from "./session-cookie.ts";

export interface BetterAuthSessionOptions {
  /** Where this backend reaches Better Auth, base path included: `http://localhost:3000/api/auth`. */
  url: string;
  /**
   * Whether Better Auth's *public* address is https, so that its cookies have the `__Secure-`
   * prefix. Default: whether `url` is.
   */
  secure?: boolean | undefined;
  /** The session cookie's full name. Default: `better-auth.session_token`, prefixed if `secure`. */
  cookieName?: string | undefined;
  /** Origins whose pages may make changes. Default: the origin of `url`. */
  trustedOrigins?: readonly string[] | undefined;
  /** From `deriveServiceKey`: Better Auth, with the `sallyport()` plugin, does not rate-limit it. */
  serviceKey?: string | undefined;
  /** Named in `WWW-Authenticate`. Default: `api`. */
  realm?: string | undefined;
  /** For the whole look-up, the retry included, in milliseconds: 1 to 5,000. Default: 1,000. */
  deadlineMs?: number | undefined;
}

/**
 * Delegated sessions: each request's session cookie is looked up with Better Auth there and then.
 * No cache. Whatever goes wrong on the way is `authority_unavailable`, never a sign-out.
 *
 * Throws on options that cannot work.
 */
export function betterAuthSession(options: BetterAuthSessionOptions): Scheme {
  const url = parseUrl(options.url);
  const secure = options.secure ?? url.protocol === "https:";
  const cookieName = options.cookieName ?? `${secure ? "__Secure-" : ""}better-auth.session_token`;
  const trustedOrigins = new Set((options.trustedOrigins ?? [url.origin]).map(parseOrigin));
  const realm = options.realm ?? "api";
  const deadlineMs = options.deadlineMs ?? 1_000;

  // RFC 6265 4.1.1: a cookie's name is a token of RFC 9110 5.6.2.
  want(/^[\w!#$%&'*+.^`|~-]+$/.test(cookieName), "cookieName", "a cookie name", cookieName);
  want(/^[\w .:/-]+$/.test(realm), "realm", "letters, digits, spaces or any of _.:/-", realm);
  want(
    Number.isInteger(deadlineMs) && deadlineMs >= 1 && deadlineMs <= 5_000,
    "deadlineMs",
    "a whole number from 1 to 5000",
    deadlineMs,
  );
  want(
    options.serviceKey === undefined || /^[\w-]{43}$/.test(options.serviceKey),
    "serviceKey",
    "a key made by deriveServiceKey",
    "something else",
  );

  const authority = createSessionAuthority({ url, serviceKey: options.serviceKey, deadlineMs });

  return {
    name: "session",
    challenge: `Session realm="${realm}"`,
    async authenticate(request) {
      const cookie = readSessionCookie(request.headers.get("cookie"), cookieName);
      if (cookie.state === "absent") return null;
      if (!comesFromTrustedOrigin(request, trustedOrigins)) {
        return refuse("cross_origin_refused", { scheme: "session" });
      }
      if (cookie.state === "malformed")
        return refuse("credentials_malformed", { scheme: "session" });

      const verdict = await authority.lookUp(cookie).catch((cause: unknown) => ({
        kind: "unavailable" as const,
        cause,
      }));
      switch (verdict.kind) {
        case "session":
          return { ok: true, user: verdict.user, expiresAt: verdict.expiresAt, scheme: "session" };
        case "none":
          return refuse("session_invalid", { scheme: "session" });
        case "unavailable":
          return refuse("authority_unavailable", { scheme: "session", cause: verdict.cause });
      }
    },
    authority: authority.state,
    close: authority.close,
  };
}

function parseUrl(value: string): URL {
  const url = URL.parse(value);
  want(
    url !== null && /^https?:\/\/[^?#@]+$/.test(url.href),
    "url",
    "an http(s) URL such as http://localhost:3000/api/auth",
    value,
  );
  url.pathname = url.pathname.replace(/\/+$/, "");
  return url;
}

function parseOrigin(value: string): string {
  want(
    URL.parse(value)?.origin === value,
    "trustedOrigins",
    "origins such as https://app.example.com",
    value,
  );
  return value;
}

function want(
  holds: boolean,
  option: keyof BetterAuthSessionOptions,
  wanted: string,
  found: unknown,
): asserts holds {
  if (!holds) {
    throw new TypeError(
      `Cannot create the session scheme: ${option} must be ${wanted}, received ${JSON.stringify(found)}`,
    );
  }
}
