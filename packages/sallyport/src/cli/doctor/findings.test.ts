import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer } from "better-auth/plugins/bearer";
import { jwt } from "better-auth/plugins/jwt";
import { type SetUp, type SetUpOptions, startSetUp } from "../../../test/set-up.ts";
import { checks } from "./checks.ts";
import { diagnose } from "./diagnose.ts";
import type { DoctorConfig } from "./options.ts";

interface Broken {
  how: string;
  setUp?: SetUpOptions;
  told?: (setUp: SetUp) => Partial<DoctorConfig>;
  /** The worst first; the finding itself alone, unless others come with it. */
  findings?: string[];
}

const pages = "http://127.0.0.1:9";
const otherSite = "http://localhost:9";
const hasSession = (cookie: string | undefined) => /session_token=[^;]/.test(cookie ?? "");
let lookUps = 0;
const json = { "content-type": "application/json" };
const host = (hostname: string) => (url: string) => url.replace("127.0.0.1", hostname);
const anywhere = host("0.0.0.0");
const byTokens: SetUpOptions = { token: ({ apiOrigin }) => ({ audience: apiOrigin }) };
const jwtMode = (): Partial<DoctorConfig> => ({ mode: "jwt" });

/** Says something of how busy this machine is, too. */
const slow = "look-ups-slow";

/** In memory they are one for all of a process. */
const ownLimits = { enabled: true, storage: "database" } as const;

/** Over https, which needs a process that trusts the certificate: command.test.ts. */
const overHttps = ["forwarded-proto", "cookie-not-secure"];

const broken: Record<string, Broken[]> = {
  "auth-unreachable": [
    {
      how: "nothing listens at the address",
      told: () => ({ authUrl: "http://127.0.0.1:9/api/auth", pageOrigin: pages }),
      setUp: { pageOrigins: [pages] },
    },
  ],
  "auth-redirects": [
    {
      how: "a proxy redirects to https",
      setUp: {
        front: ({ url = "" }, response) => {
          response.writeHead(308, { location: `https://127.0.0.1${url}` }).end();
          return true;
        },
      },
    },
  ],
  "auth-base-path": [
    {
      how: "the base path is missing",
      told: ({ origin }) => ({ authUrl: origin }),
    },
    {
      how: "the base path is doubled",
      told: ({ origin }) => ({ authUrl: `${origin}/api/auth/api/auth` }),
    },
    {
      how: "/session is asked for in place of /get-session",
      told: ({ origin }) => ({ authUrl: `${origin}/api/auth/session` }),
    },
    {
      how: "pages answer 200 to every path that is not Better Auth's",
      setUp: {
        front: ({ url = "" }, response) => {
          if (url.startsWith("/api/auth/")) return false;
          response.writeHead(200, { "content-type": "text/html" }).end("<!doctype html>");
          return true;
        },
      },
      told: ({ origin }) => ({ authUrl: `${origin}/auth` }),
    },
  ],
  "auth-not-found": [
    {
      how: "Better Auth is mounted where nobody looks",
      setUp: { auth: () => ({ basePath: "/x" }) },
    },
  ],
  "auth-failing": [
    {
      how: "something in front of Better Auth answers 503",
      setUp: {
        front: (_request, response) => {
          response.writeHead(503).end();
          return true;
        },
      },
    },
  ],
  "http-in-use": [
    {
      how: "addresses of another host are http",
      setUp: {
        auth: ({ origin }) => ({ baseURL: anywhere(origin) }),
        apiCors: (origin) => (origin.startsWith("http://0.0.0.0:") ? origin : null),
      },
      told: ({ config }) => ({
        authUrl: anywhere(config.authUrl),
        apiUrl: anywhere(config.apiUrl ?? ""),
        pageOrigin: anywhere(config.pageOrigin),
      }),
    },
  ],
  "clock-skew": [
    {
      how: "Better Auth's clock is a minute ahead",
      setUp: {
        front: (_request, response) => {
          response.setHeader("date", new Date(Date.now() + 60_000).toUTCString());
          return false;
        },
      },
    },
    {
      how: "the api's clock is a minute behind",
      setUp: {
        apiFront: (_request, response) => {
          response.setHeader("date", new Date(Date.now() - 60_000).toUTCString());
          return false;
        },
      },
    },
  ],
  "origin-untrusted": [
    {
      how: "the pages' origin is not in trustedOrigins",
      setUp: { pageOrigins: [pages], auth: () => ({ trustedOrigins: [] }) },
      told: () => ({ pageOrigin: pages }),
    },
  ],
  "base-url": [
    {
      how: "Better Auth's baseURL is another than its address",
      setUp: { auth: () => ({ baseURL: "http://localhost:1" }) },
    },
  ],
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
      told: ({ config }) => ({ apiUrl: host("localhost")(config.apiUrl ?? "") }),
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
  "cors-foreign-origin": [
    { how: "the api reflects any origin", setUp: { apiCors: (origin) => origin } },
    {
      how: "the api allows what begins like an origin of its own",
      setUp: { apiCors: (origin) => (origin.startsWith("http://127.0.0.1") ? origin : null) },
    },
    {
      how: "the api allows the origin null",
      setUp: {
        apiCors: (origin) =>
          origin === "null" || /^http:\/\/127\.0\.0\.1:\d+$/.test(origin) ? origin : null,
      },
    },
    {
      how: "a proxy in front of Better Auth reflects any origin",
      setUp: {
        front: ({ headers: { origin } }, response) => {
          if (origin !== undefined) response.setHeader("access-control-allow-origin", origin);
          return false;
        },
      },
    },
  ],
  "cors-missing": [
    { how: "the api has no CORS", setUp: { apiCors: () => null } },
    {
      how: "the api wants a session of a preflight",
      setUp: {
        apiFront: ({ method }, response) => {
          if (method !== "OPTIONS") return false;
          response.writeHead(401).end();
          return true;
        },
      },
    },
    {
      how: "Better Auth has no CORS, and the pages are on another origin",
      setUp: {
        auth: () => ({ trustedOrigins: [pages] }),
        apiCors: (origin) => (origin === pages ? origin : null),
      },
      told: () => ({ pageOrigin: pages }),
    },
  ],
  "cors-credentials": [
    {
      how: "the api's preflight allows no credentials",
      setUp: {
        apiFront: ({ method, headers }, response) => {
          if (method !== "OPTIONS" || /doctor|null/.test(headers.origin ?? "null")) return false;
          response.setHeader("access-control-allow-origin", headers.origin ?? "");
          response.writeHead(204).end();
          return true;
        },
      },
    },
  ],
  "cors-wildcard": [{ how: "the api's CORS says *", setUp: { apiCors: () => "*" } }],
  "cors-on-refusals": [
    {
      how: "the api's refusals are without CORS",
      setUp: {
        apiFront: ({ method, headers: { cookie } }, response) => {
          if (method === "OPTIONS" || cookie !== undefined) return false;
          response.writeHead(401).end();
          return true;
        },
      },
    },
  ],
  "api-unreachable": [
    { how: "nothing listens at the api's address", told: () => ({ apiUrl: "http://127.0.0.1:9" }) },
  ],
  "api-refuses-session": [
    { how: "the api looks for another cookie", setUp: { api: { cookieName: "another" } } },
  ],
  "api-without-authority": [
    {
      how: "the api has a wrong address of Better Auth's",
      setUp: { api: { url: "http://127.0.0.1:9/api/auth" } },
    },
  ],
  "plugin-missing": [{ how: "Better Auth is without the plugin", setUp: { withPlugin: false } }],
  "service-key-refused": [
    {
      how: "the backend's key is of another secret",
      told: () => ({ serviceKey: "A".repeat(43) }),
    },
  ],
  "sign-in-failed": [
    {
      how: "the password is wrong",
      told: () => ({ credentials: { email: "ada@example.com", password: "wrong" } }),
    },
  ],
  "secret-known": [
    {
      how: "Better Auth runs with its default secret",
      setUp: {
        withPlugin: false,
        auth: () => ({ secret: "better-auth-secret-12345678901234567890" }),
      },
      told: () => ({ secret: undefined, serviceKey: undefined }),
      findings: ["secret-known", "plugin-missing"],
    },
  ],
  "secret-weak": [
    {
      how: "both sides have a secret of one pattern",
      setUp: { withPlugin: false, auth: () => ({ secret: "ab".repeat(16) }) },
      told: () => ({ secret: "ab".repeat(16), serviceKey: undefined }),
      findings: ["secret-weak", "plugin-missing"],
    },
  ],
  "secret-differs": [
    {
      how: "the secret here is another",
      told: ({ config }) => ({ secret: `${config.secret}\n` }),
    },
  ],
  "bearer-unsigned": [
    {
      how: "the bearer plugin wants no signature",
      setUp: { auth: () => ({ plugins: [bearer()] }) },
    },
  ],
  "token-missing": [{ how: "no plugin issues tokens", told: jwtMode }],
  "token-issuer": [
    {
      how: "tokens name another issuer",
      setUp: {
        auth: ({ apiOrigin }) => ({
          plugins: [jwt({ jwt: { issuer: "http://localhost:1", audience: apiOrigin } })],
        }),
      },
      told: jwtMode,
    },
  ],
  "token-audience": [
    {
      how: "tokens are for another backend",
      setUp: { token: () => ({ audience: "http://localhost:1" }) },
      told: jwtMode,
    },
  ],
  "token-signature": [
    {
      how: "another version of the key signs",
      setUp: {
        token: ({ apiOrigin }) => ({ audience: apiOrigin, keyDerivation: "hkdf", keyVersion: 2 }),
      },
      told: jwtMode,
    },
  ],
  "token-refused": [
    {
      how: "tokens count for an hour",
      setUp: {
        auth: ({ apiOrigin }) => ({
          plugins: [jwt({ jwt: { audience: apiOrigin, expirationTime: "1h" } })],
        }),
      },
      told: jwtMode,
    },
  ],
  "revocation-ignored": [
    {
      how: "a sign-out is acknowledged and not done",
      setUp: {
        front: ({ url, headers: { cookie } }, response) => {
          if (!url?.endsWith("/sign-out") || !hasSession(cookie)) return false;
          response.writeHead(200, json).end('{"success":true}');
          return true;
        },
      },
    },
  ],
  "cookie-cache": [
    {
      how: "Better Auth has the cookie cache on",
      setUp: { auth: () => ({ session: { cookieCache: { enabled: true, maxAge: 300 } } }) },
    },
  ],
  "look-ups-slow": [
    {
      how: "one look-up in ten takes 60 ms",
      setUp: {
        front: ({ url }, response) => {
          if (!url?.endsWith("/sallyport/sessions")) return false;
          lookUps += 1;
          const ms = lookUps % 10 === 0 ? 60 : 0;
          setTimeout(() => response.writeHead(200, json).end('{"results":[null]}'), ms);
          return true;
        },
      },
    },
  ],
  "rate-limited": [
    {
      how: "Better Auth's rate limit is on and knows no backends",
      setUp: {
        withPlugin: false,
        auth: () => ({
          rateLimit: {
            ...ownLimits,
            customRules: { "/sign-in/*": { window: 10, max: 100 } },
          },
        }),
      },
      findings: ["rate-limited", "plugin-missing"],
    },
  ],
  "session-left-open": [
    {
      how: "sign-outs are refused",
      setUp: {
        front: ({ url, headers: { cookie } }, response) => {
          if (!url?.endsWith("/sign-out") || !hasSession(cookie)) return false;
          response.writeHead(403, json).end("{}");
          return true;
        },
      },
    },
  ],
};

const running = new AbortController().signal;

async function findingsOf({ setUp: options, told }: Partial<Broken>) {
  const setUp = await startSetUp(options);
  try {
    const config = { ...setUp.config, ...told?.(setUp) };
    const { findings, unchecked } = await diagnose(config, running);
    return { findings, unchecked, setUp };
  } finally {
    await setUp.close();
  }
}

for (const [id, ways] of Object.entries(broken)) {
  describe(`the doctor finds ${id}`, () => {
    for (const way of ways) {
      test(`where ${way.how}, and nothing else`, async () => {
        const { findings } = await findingsOf(way);
        const ids = findings.map((finding) => finding.id);
        const found = id === slow ? ids : ids.filter((other) => other !== slow);
        assert.deepEqual(found, way.findings ?? [id], JSON.stringify(findings, undefined, 2));
      });
    }
  });
}

test("each finding has a set-up that is broken in just that way", () => {
  const kinds = checks.flatMap((check) => Object.keys(check.kinds));
  assert.deepEqual([...Object.keys(broken), ...overHttps].sort(), kinds.sort());
});

describe("the doctor finds nothing", () => {
  const healthy: [how: string, Partial<Broken>][] = [
    ["wrong with a healthy set-up", {}],
    [
      "wrong with pages on an origin of their own",
      {
        setUp: { pageOrigins: [pages] },
        told: () => ({ pageOrigin: pages }),
      },
    ],
    [
      "wrong with a rate limit that knows the backend by its key",
      {
        setUp: { auth: () => ({ rateLimit: ownLimits }) },
      },
    ],
    [
      "wrong with a bearer plugin that wants a signature",
      {
        setUp: { auth: () => ({ plugins: [bearer({ requireSignature: true })] }) },
      },
    ],
    [
      "wrong with a cookie's name that the backend is told",
      {
        setUp: { auth: () => ({ advanced: { cookiePrefix: "mine" } }) },
        told: () => ({ cookieName: "mine.session_token" }),
      },
    ],
    ["wrong with tokens of the sallyport() plugin", { setUp: byTokens, told: jwtMode }],
    [
      "wrong with tokens by a derived key",
      {
        setUp: { token: ({ apiOrigin }) => ({ audience: apiOrigin, keyDerivation: "hkdf" }) },
        told: jwtMode,
      },
    ],
    [
      "wrong with tokens of Better Auth's own jwt plugin",
      {
        setUp: { auth: ({ apiOrigin }) => ({ plugins: [jwt({ jwt: { audience: apiOrigin } })] }) },
        told: jwtMode,
      },
    ],
  ];
  for (const [how, way] of healthy) {
    test(`${how}, makes every check, and leaves no session behind`, async () => {
      const { findings, unchecked, setUp } = await findingsOf(way);
      assert.deepEqual(
        findings.filter(({ id }) => id !== slow),
        [],
      );
      assert.deepEqual(unchecked, []);
      assert.deepEqual(setUp.tables.session, []);
    });
  }
});
