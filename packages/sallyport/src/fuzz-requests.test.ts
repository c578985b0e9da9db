import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import fc from "fast-check";
import { parsePair } from "../test/cookie-headers.ts";
import { fuzzed, fuzzSeed } from "../test/fuzzing.ts";
import { hostileRequests } from "../test/hostile-requests.ts";
import { trustedOrigin, type WatchedGuard, watchedGuard } from "../test/watched-guard.ts";
import type { GuardRequest } from "./index.ts";
import { type FakeBetterAuth, type FakeSession, fakeBetterAuth } from "./testing.ts";

describe(`hostile requests (seed ${fuzzSeed})`, () => {
  let fake: FakeBetterAuth;
  let guard: WatchedGuard;
  let live: FakeSession[];
  let ended: FakeSession[];

  before(async () => {
    fake = await fakeBetterAuth();
    live = [fake.signIn(), fake.signIn()];
    ended = [fake.signIn(), fake.signIn()];
    const [revoked, expired] = ended;
    assert.ok(revoked && expired);
    fake.revoke(revoked);
    fake.expire(expired);
    guard = watchedGuard(fake, [...live, ...ended]);
  });
  after(async () => {
    await guard.close();
    await fake.close();
  });

  test("SEC24 none makes the guard throw, lets anybody in without a session, or shows a secret", async () => {
    const sessions = [...live, ...ended];
    const requests = hostileRequests({
      cookies: sessions.map(({ cookie }) => cookie),
      userIds: sessions.map(({ user }) => user.id),
      trustedOrigin,
    });
    const seen = new Set<string>();
    await fc.assert(
      fc.asyncProperty(requests, async ({ owner, path, ...request }) => {
        const result = await guard.authenticate(request, { owner });
        guard.assertDiscreet(result);
        seen.add(result.ok ? "allowed" : result.failure.code);
        const holders = live.filter((session) => holds(request, session));
        if (!result.ok) {
          if (result.failure.code === "session_invalid") assert.deepEqual(holders, []);
          assert.notEqual(result.failure.code, "authority_unavailable");
          return;
        }
        const { userId } = result.user;
        assert.deepEqual(
          holders.map(({ user }) => user.id),
          [userId],
        );
        assert.ok(owner === undefined || owner === userId);
        assert.ok(mayChangeThings(request));
        assert.doesNotThrow(() => decodeURIComponent(path));
      }),
      fuzzed(0.5),
    );
    assert.deepEqual([...seen].sort(), [
      "allowed",
      "credentials_malformed",
      "credentials_missing",
      "cross_origin_refused",
      "malformed_request",
      "session_invalid",
      "user_mismatch",
    ]);
  });
});

/** Whether any of the request's cookies, read as leniently as can be, is this session's. */
function holds({ headers }: GuardRequest, { cookie }: FakeSession): boolean {
  const { name, value } = parsePair(cookie);
  return (headers.get("cookie") ?? "").split(";").some((pair) => {
    const [, before, after = ""] = /^([^=]*)=(.*)$/s.exec(pair) ?? [];
    if (before?.trim() !== name) return false;
    try {
      return decodeURIComponent(after.trim()) === value;
    } catch {
      return false;
    }
  });
}

function mayChangeThings({ method, headers }: GuardRequest): boolean {
  if (/^(GET|HEAD|OPTIONS)$/.test(method)) return true;
  const origin = headers.get("origin");
  if (origin !== null) return origin === trustedOrigin;
  return [null, "none", "same-origin"].includes(headers.get("sec-fetch-site"));
}
