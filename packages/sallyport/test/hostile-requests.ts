import fc from "fast-check";
import type { GuardRequest } from "../src/index.ts";
import { cookieHeaders, parsePair } from "./cookie-headers.ts";

export interface HostileRequest extends GuardRequest {
  owner: string | undefined;
  /** What of `url` is its path. */
  path: string;
}

interface Known {
  /** Session cookies, as `name=value`. */
  cookies: readonly string[];
  userIds: readonly string[];
  trustedOrigin: string;
}

/** Whatever a client can send, and what other servers' header objects might make of it. */
export function hostileRequests(known: Known): fc.Arbitrary<HostileRequest> {
  const { cookies, userIds, trustedOrigin } = known;
  const anyText = fc.oneof(
    fc.string({ unit: "binary", maxLength: 40 }),
    fc.string({ unit: "grapheme", maxLength: 40 }),
    fc.constantFrom(
      "",
      " ",
      "null",
      "undefined",
      "__proto__",
      "constructor",
      "\0",
      "\ud800",
      "\r\n",
    ),
    fc.integer({ min: 1, max: 20_000 }).map((length) => "x".repeat(length)),
  );
  const cookie = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom(null, ...cookies) },
    { weight: 3, arbitrary: cookieHeaders(cookies.map(parsePair)) },
    anyText,
  );
  const origin = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(null, trustedOrigin) },
    fc.constantFrom("null", "", `${trustedOrigin}/`, `${trustedOrigin}.evil.example`, "*"),
    fc.constantFrom(trustedOrigin.toUpperCase(), `${trustedOrigin}, ${trustedOrigin}`),
    anyText,
  );
  const site = fc.oneof(
    { weight: 2, arbitrary: fc.constantFrom(null, "none", "same-origin") },
    fc.constantFrom("same-site", "cross-site", "", "None", "same-origin, none"),
    anyText,
  );
  const fields = fc.record({
    cookie,
    origin,
    "sec-fetch-site": site,
    authorization: fc.option(anyText),
    "x-user-id": fc.constantFrom(null, ...userIds),
  });
  const method = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom("GET", "HEAD", "POST", "DELETE") },
    fc.constantFrom("OPTIONS", "PUT", "get", "head", "GET ", "", "QUERY", "__proto__"),
    anyText,
  );
  const path = fc.oneof(
    { weight: 6, arbitrary: fc.constantFrom(...userIds.map((id) => `/api/${id}/tasks`)) },
    fc.constantFrom("/", "//", "/%", "/%2", "/%ff", "/%E0%A4%A", "/%00", "/%252F", "/é", "/../%2e"),
    anyText.map((text) => `/${text.replace(/[?#]/g, "")}`),
  );
  const url = fc
    .record({
      start: fc.constantFrom("", "http://x", "https://x%:1", "HTTP://u@h", "a+b.c-d://"),
      path,
      end: fc.oneof(
        fc.constantFrom("", "", "?q=%", "#%", "?a#%ff"),
        anyText.map((text) => `?${text}`),
      ),
    })
    .map(({ start, path, end }) => ({ url: start + path + end, path }));
  const owner = fc.oneof(
    { weight: 4, arbitrary: fc.constant(undefined) },
    { weight: 2, arbitrary: fc.constantFrom(...userIds) },
    fc.constantFrom(...userIds).map((id) => ` ${id}`),
    fc.constantFrom(...userIds).map((id) => id.toLowerCase()),
    anyText,
  );
  return fc
    .record({
      method,
      headers: fc.oneof(
        { weight: 5, arbitrary: fields.map(webHeaders) },
        { weight: 5, arbitrary: fields.map(plainHeaders) },
        anyText.map(echo),
      ),
      target: fc.oneof(fc.constant({ path: "" }), url, url),
      owner,
    })
    .map(({ target, ...request }) => ({ ...request, ...target }));
}

type Fields = Record<string, string | null>;

/** Without those fields that the Fetch standard refuses to hold. */
function webHeaders(fields: Fields): Headers {
  const headers = new Headers();
  for (const [name, value] of Object.entries(fields)) {
    try {
      if (value !== null) headers.set(name, value);
    } catch {}
  }
  return headers;
}

/** A server's own header object, which may let through what a `Headers` never would. */
function plainHeaders(fields: Fields): GuardRequest["headers"] {
  return { get: (name) => fields[name.toLowerCase()] ?? null };
}

/** One that answers the same whatever it is asked. */
function echo(value: string): GuardRequest["headers"] {
  return { get: () => value };
}
