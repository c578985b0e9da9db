import { refuse } from "./auth-result.ts";
import { comesFromTrustedOrigin } from "./cross-origin.ts";
import { want, wantRealm, wantUrl, wantWholeNumber } from "./options.ts";
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
  /**
   * Whether requests that arrive together are looked up together, each of them as freshly: with a
   * service key, and where Better Auth has the `sallyport()` plugin. Default: true.
   */
  batch?: boolean | undefined;
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
  const option = <Value>(name: keyof BetterAuthSessionOptions, value: Value) => ({
    of: "the session scheme",
    name,
    value,
  });
  const url = wantUrl(option("url", options.url), "http://localhost:3000/api/auth");
  const secure = options.secure ?? url.protocol === "https:";
  const cookieName = options.cookieName ?? `${secure ? "__Secure-" : ""}better-auth.session_token`;
  const trustedOrigins = new Set(options.trustedOrigins ?? [url.origin]);
  const realm = wantRealm(option("realm", options.realm ?? "api"));
  const deadlineMs = wantWholeNumber(option("deadlineMs", options.deadlineMs ?? 1_000), {
    from: 1,
    to: 5_000,
  });
  const { serviceKey } = options;

  // RFC 6265 4.1.1: a cookie's name is a token of RFC 9110 5.6.2.
  want(/^[\w!#$%&'*+.^`|~-]+$/.test(cookieName), option("cookieName", cookieName), "a cookie name");
  for (const origin of trustedOrigins) {
    want(
      URL.parse(origin)?.origin === origin,
      option("trustedOrigins", origin),
      "origins such as https://app.example.com",
    );
  }
  want(
    serviceKey === undefined || /^[\w-]{43}$/.test(serviceKey),
    // It is not told: it is a key, if only a mistyped one.
    option("serviceKey", "something else"),
    "a key made by deriveServiceKey",
  );

  const authority = createSessionAuthority({
    url,
    cookieName,
    serviceKey,
    batch: options.batch ?? true,
    deadlineMs,
  });

  return {
    name: "session",
    challenge: `Session realm="${realm}"`,
    async authenticate(request, signal) {
      const cookie = readSessionCookie(request.headers.get("cookie"), cookieName);
      if (cookie.state === "absent") return null;
      if (!comesFromTrustedOrigin(request, trustedOrigins)) {
        return refuse("cross_origin_refused", { scheme: "session" });
      }
      if (cookie.state === "malformed")
        return refuse("credentials_malformed", { scheme: "session" });

      const verdict = await authority.lookUp(cookie.session, signal).catch((cause: unknown) => ({
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
