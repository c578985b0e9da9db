import { type Cookie, getSetCookies } from "undici";
import { defineCheck, quote, Unchecked } from "../finding.ts";
import type { Probe } from "../probe.ts";
import { isLoopback } from "./encryption.ts";

/** Whether the session cookie can get to where it is wanted (RFC 6265bis 5.6-5.8). */
export const cookies = defineCheck({
  name: "the session cookie",
  kinds: {
    "cookie-not-secure": {
      severity: "error",
      title: "The session cookie of an https address is not Secure.",
    },
    "cookie-secure-over-http": {
      severity: "error",
      title: "A Secure cookie does not travel over http.",
    },
    "cookie-name": { severity: "error", title: "Your backend looks for a cookie of another name." },
    "cookie-domain": { severity: "error", title: "Browsers refuse the session cookie's Domain." },
    "cookie-host": {
      severity: "error",
      title: "The session cookie does not reach the api's host.",
    },
    "cookie-path": {
      severity: "error",
      title: "The session cookie does not reach the api's path.",
    },
    "cookie-same-site": {
      severity: "error",
      title: "SameSite keeps the session cookie from your pages' calls.",
    },
    "cookie-not-http-only": {
      severity: "warning",
      title: "Scripts of a page can read the session cookie.",
    },
  },
  async examine(probe, report) {
    const { mode, apiUrl, pageOrigin } = probe.config;
    const cookie = await sessionCookie(probe);
    const auth = new URL(probe.authUrl());
    const isSecure = cookie.secure === true;
    const isHttps = auth.protocol === "https:";
    const { sameSite = "Lax", domain, path = "/" } = cookie;

    const isStripped = isHttps && !isSecure;
    if (isStripped) {
      report("cookie-not-secure", {
        found: `${quote(cookie.name)} of ${auth.origin} is set without Secure.`,
        mend: `Set Better Auth's baseURL (BETTER_AUTH_URL) to ${auth.origin}, or advanced.useSecureCookies to true. Behind a proxy that ends https it cannot know by itself.`,
      });
    }
    const used = [auth, ...(apiUrl && mode === "session" ? [new URL(apiUrl)] : [])];
    const overHttp = used.filter(
      ({ protocol, hostname }) => isSecure && protocol === "http:" && !isLoopback(hostname),
    );
    if (overHttp.length > 0) {
      report("cookie-secure-over-http", {
        found: `${quote(cookie.name)} is Secure, and ${overHttp.map(({ origin }) => origin).join(" and ")} is http.`,
        mend: "Use https there. If that is an address for servers alone, give the public one here.",
      });
    }
    const expected =
      probe.config.cookieName ?? `${isHttps ? "__Secure-" : ""}better-auth.session_token`;
    // With the wrong attribute it has the wrong prefix too.
    const isMisnamed = cookie.name !== expected && !isStripped && overHttp.length === 0;
    if (mode === "session" && isMisnamed) {
      report("cookie-name", {
        found: `Better Auth's is ${quote(cookie.name)}; a backend that is given this address looks for ${quote(expected)}.`,
        mend: `Tell your backend, betterAuthSession({ cookieName: ${quote(cookie.name)} }), and then this command: --cookie-name.`,
      });
    }
    const isRefused = domain !== undefined && !isWithin(auth.hostname, domain);
    if (isRefused) {
      report("cookie-domain", {
        found: `Domain is ${quote(domain)}, and ${auth.hostname} is not in it.`,
        mend: "Set crossSubDomainCookies.domain to the name that both hosts end in, or leave it out.",
      });
    }
    if (cookie.httpOnly !== true) {
      report("cookie-not-http-only", {
        found: `${quote(cookie.name)} is set without HttpOnly.`,
        mend: "Take httpOnly: false out of advanced.defaultCookieAttributes or advanced.cookies: one script of a stranger's otherwise takes every session.",
      });
    }
    if (mode === "jwt" || isRefused) return;
    const api = new URL(probe.apiUrl());
    const reaches =
      domain === undefined ? api.hostname === auth.hostname : isWithin(api.hostname, domain);
    if (!reaches) {
      report("cookie-host", {
        found: `It is for ${domain === undefined ? auth.hostname : `hosts in ${quote(domain)}`} alone, and the api is at ${api.hostname}.`,
        mend: isSameSite(api, auth)
          ? `Set advanced.crossSubDomainCookies to { enabled: true, domain: "${commonDomain(api, auth)}" }; or serve both from one origin through a proxy, which lets no other host have the cookie.`
          : "Serve both from one origin through a proxy, or from hosts of one domain, or use tokens (--mode jwt): no cookie is for two unrelated hosts.",
      });
    } else if (!`${api.pathname}/`.startsWith(path.replace(/\/*$/, "/"))) {
      report("cookie-path", {
        found: `Path is ${quote(path)}, and the api is at ${quote(api.pathname)}.`,
        mend: 'Set the cookie\'s path to "/" (advanced.defaultCookieAttributes).',
      });
    }
    const page = new URL(pageOrigin);
    const across = [auth, ...(reaches ? [api] : [])].filter((url) => !isSameSite(page, url));
    if (sameSite !== "None" && across.length > 0) {
      report("cookie-same-site", {
        found: `SameSite is ${sameSite}; a page of ${pageOrigin} is of another site than ${across.map(({ origin }) => origin).join(" and ")}.`,
        mend: "Serve pages and api from hosts of one domain by the same scheme, or through a proxy from one origin; or use tokens (--mode jwt). SameSite=None works in fewer browsers each year, and lets every site send requests with the cookie.",
      });
    }
  },
});

/** As the sign-in set it; without one, as a sign-out of nobody takes it back. */
async function sessionCookie(probe: Probe): Promise<Cookie> {
  const { headers } = await probe.session().then(
    ({ answer }) => answer,
    () => probe.askAuth("/sign-out", { method: "POST", body: {} }),
  );
  const cookie = getSetCookies(headers).find(({ name }) => /session_token$/.test(name));
  if (cookie === undefined) throw new Unchecked("Better Auth showed no session cookie");
  return cookie;
}

/** RFC 6265bis 5.1.3. */
function isWithin(hostname: string, domain: string): boolean {
  const name = domain.replace(/^\./, "").toLowerCase();
  return hostname === name || (hostname.endsWith(`.${name}`) && !/^[\d.]+$|^\[/.test(hostname));
}

/**
 * One scheme, and one domain of two labels. Under a public suffix such as co.uk that is too
 * generous: what is wrong there goes unseen, and nothing that is right is blamed.
 */
function isSameSite(one: URL, other: URL): boolean {
  if (one.protocol !== other.protocol) return false;
  return one.hostname === other.hostname || commonDomain(one, other) !== undefined;
}

/** The labels that both end in, two at least. */
export function commonDomain(one: URL, other: URL): string | undefined {
  if ([one, other].some(({ hostname }) => /^[\d.]+$|^\[/.test(hostname))) return undefined;
  const [ours, theirs] = [one, other].map(({ hostname }) => hostname.split(".").reverse());
  const differs = ours?.findIndex((label, index) => label !== theirs?.[index]) ?? 0;
  const common = differs === -1 ? ours : ours?.slice(0, differs);
  return common !== undefined && common.length >= 2 ? common.reverse().join(".") : undefined;
}
