import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { bearer } from "better-auth/plugins/bearer";
import { jwt } from "better-auth/plugins/jwt";
import { type Examined, findingsOf } from "../../../test/findings.ts";
import { ownLimits } from "../../../test/set-up.ts";
import type { DoctorConfig } from "./options.ts";

const pages = "http://127.0.0.1:9";
const jwtMode = (): Partial<DoctorConfig> => ({ mode: "jwt" });

const healthy: Examined[] = [
  { how: "a healthy set-up" },
  {
    how: "pages on an origin of their own",
    setUp: { pageOrigins: [pages] },
    told: () => ({ pageOrigin: pages }),
  },
  {
    how: "a rate limit that knows the backend by its key",
    setUp: { auth: () => ({ rateLimit: ownLimits }) },
  },
  {
    how: "a bearer plugin that wants a signature",
    setUp: { auth: () => ({ plugins: [bearer({ requireSignature: true })] }) },
  },
  {
    how: "a cookie's name that the backend is told",
    setUp: { auth: () => ({ advanced: { cookiePrefix: "mine" } }) },
    told: () => ({ cookieName: "mine.session_token" }),
  },
  {
    how: "tokens of the sallyport() plugin",
    setUp: { token: ({ apiOrigin }) => ({ audience: apiOrigin }) },
    told: jwtMode,
  },
  {
    how: "tokens by a derived key",
    setUp: { token: ({ apiOrigin }) => ({ audience: apiOrigin, keyDerivation: "hkdf" }) },
    told: jwtMode,
  },
  {
    how: "tokens of Better Auth's own jwt plugin",
    setUp: { auth: ({ apiOrigin }) => ({ plugins: [jwt({ jwt: { audience: apiOrigin } })] }) },
    told: jwtMode,
  },
];

describe("the doctor finds nothing wrong, makes every check, and leaves no session behind", () => {
  for (const way of healthy) {
    test(`with ${way.how}`, async () => {
      const { withoutTimes, unchecked, setUp } = await findingsOf(way);
      assert.deepEqual(withoutTimes, []);
      assert.deepEqual(unchecked, []);
      assert.deepEqual(setUp.tables.session, []);
    });
  }
});
