import assert from "node:assert/strict";
import { test } from "node:test";
import { testFindings } from "../../../../test/findings.ts";
import { anywhere, onHost } from "../../../../test/set-up.ts";
import { commonDomain, cookies } from "./cookies.ts";

const _pages = "http://127.0.0.1:9";
const otherSite = "http://localhost:9";
// Over https, which needs a process that trusts the certificate: command.test.ts.
const overHttps = ["cookie-not-secure"];

testFindings(
  cookies,
  {
    "cookie-secure-over-http": [
      {
        how: "cookies are Secure on an address that is http",
        setUp: {
          auth: ({ origin }) => ({
            baseURL: anywhere(origin),
            advanced: { useSecureCookies: true },
          }),
          apiCors: (origin) => (origin.startsWith("http://0.0.0.0:") ? origin : null),
        },
        told: ({ config }) => ({
          authUrl: anywhere(config.authUrl),
          apiUrl: anywhere(config.apiUrl ?? ""),
          pageOrigin: anywhere(config.pageOrigin),
        }),
        findings: ["http-in-use", "cookie-secure-over-http"],
      },
    ],
    "cookie-name": [
      {
        how: "Better Auth has a cookiePrefix of its own",
        setUp: { auth: () => ({ advanced: { cookiePrefix: "mine" } }) },
      },
      {
        how: "Better Auth has the prefix of https, and its address is http on this machine",
        setUp: { auth: () => ({ advanced: { useSecureCookies: true } }) },
      },
    ],
    "cookie-domain": [
      {
        how: "crossSubDomainCookies names a domain that the host is not in",
        setUp: {
          auth: () => ({
            advanced: { crossSubDomainCookies: { enabled: true, domain: "example.com" } },
          }),
        },
      },
    ],
    "cookie-host": [
      {
        how: "the api is on an unrelated host",
        told: ({ config }) => ({ apiUrl: onHost("localhost")(config.apiUrl ?? "") }),
      },
    ],
    "cookie-path": [
      {
        how: "the cookie's path is Better Auth's",
        setUp: { auth: () => ({ advanced: { defaultCookieAttributes: { path: "/api/auth" } } }) },
      },
    ],
    "cookie-same-site": [
      {
        how: "the pages are on another site",
        setUp: { pageOrigins: [otherSite] },
        told: () => ({ pageOrigin: otherSite }),
      },
    ],
    "cookie-not-http-only": [
      {
        how: "the cookie is set without HttpOnly",
        setUp: { auth: () => ({ advanced: { defaultCookieAttributes: { httpOnly: false } } }) },
      },
    ],
  },
  { elsewhere: overHttps },
);

test("hosts of one domain have in common what both end in", () => {
  const common = (one: string, other: string) =>
    commonDomain(new URL(`https://${one}`), new URL(`https://${other}`));
  assert.equal(common("app.example.co.uk", "api.example.co.uk"), "example.co.uk");
  assert.equal(common("example.com", "api.example.com"), "example.com");
  assert.equal(common("example.com", "example.org"), undefined);
  assert.equal(common("example.com", "anexample.com"), undefined);
  assert.equal(common("192.168.1.2", "192.169.1.2"), undefined);
});
