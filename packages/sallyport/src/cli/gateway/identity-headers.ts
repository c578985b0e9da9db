import type { Authenticated } from "../../core/auth-result.ts";
import type { Assertions } from "./assertion.ts";

/** Proxies hold an answer's head in 4 KB or so: a name must not be able to fill it. */
const mostValueBytes = 1_000;

/** Of nobody; a name or e-mail that is not told is empty in the same way. */
export const noIdentity = {
  "X-Auth-User-Id": "",
  "X-Auth-Email": "",
  "X-Auth-Name": "",
  "X-Auth-Assertion": "",
};

/** CGI-like backends (RFC 3875 4.1.18, WSGI) read `-` and `_` as one: either is the gateway's. */
export function isIdentityHeader(name: string): boolean {
  return /^x[-_]auth[-_]/i.test(name);
}

/**
 * Who is calling, for the backend. Values are percent-encoded UTF-8, so that any name is safe as
 * bytes of a header (RFC 9110 5.5), and any language can decode it. A name or e-mail that is absent
 * or too long is left out.
 */
export function identityHeaders(
  { user }: Authenticated,
  assertions: Assertions,
): Record<string, string> {
  const email = fitting(user.email);
  const name = fitting(user.name);
  return {
    // Throws on lone surrogates: two ids must not become one.
    "X-Auth-User-Id": encode(user.userId),
    ...(email !== undefined && { "X-Auth-Email": encode(email) }),
    ...(name !== undefined && { "X-Auth-Name": encode(name) }),
    "X-Auth-Assertion": assertions.sign({ userId: user.userId, email, name }),
  };
}

function fitting(value: string | null): string | undefined {
  const text = value?.toWellFormed();
  return text === undefined || encode(text).length > mostValueBytes ? undefined : text;
}

/** `@` stands for itself in any part of an address (RFC 3986 3.3), and most e-mails are plain so. */
function encode(text: string): string {
  return encodeURIComponent(text).replaceAll("%40", "@");
}
