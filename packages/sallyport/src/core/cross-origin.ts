import type { GuardRequest } from "./guard-request.ts";

const safeMethods = new Set(["GET", "HEAD", "OPTIONS"]);

/**
 * Whether an ambient credential (a cookie) may count for this request: safe methods always, others,
 * and sockets, which no CORS holds back (RFC 6455 10.2), only from a page of a trusted origin. The browser writes both headers, a page cannot forge them
 * (Fetch 3.2, Fetch Metadata 2.3). `Origin: null` is no origin of ours.
 */
export function comesFromTrustedOrigin(
  request: GuardRequest,
  trustedOrigins: ReadonlySet<string>,
): boolean {
  const isUpgrade = request.headers.get("upgrade") !== null;
  if (safeMethods.has(request.method) && !isUpgrade) return true;
  const origin = request.headers.get("origin");
  if (origin !== null) return trustedOrigins.has(origin);
  const site = request.headers.get("sec-fetch-site");
  return site === null || site === "same-origin" || site === "none";
}
