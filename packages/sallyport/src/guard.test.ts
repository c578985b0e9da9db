import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { type BetterAuthServer, patientMs, startBetterAuth } from "../test/auth-server.ts";
import { betterAuthSession, createGuard, type Guard, requireUserIdMatch } from "./index.ts";

const request = (
  cookie?: string,
  init: { method?: string; headers?: object; url?: string } = {},
) => ({
  method: init.method ?? "GET",
  headers: new Headers({ ...(cookie === undefined ? {} : { cookie }), ...init.headers }),
  ...(init.url === undefined ? {} : { url: init.url }),
});

const codeOf = async (guard: Guard, ...args: Parameters<Guard["authenticate"]>) => {
  const result = await guard.authenticate(...args);
  return result.ok ? "allowed" : result.failure.code;
};

describe("the guard in front of a real Better Auth", () => {
  let server: BetterAuthServer;
  let guard: Guard;

  before(async () => {
    server = await startBetterAuth();
    guard = createGuard({
      schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs })],
    });
  });
  after(async () => {
    await guard.close();
    await server.close();
  });

  test("says who is calling", async () => {
    const ada = await server.signUp("ada");
    const result = await guard.authenticate(request(ada.cookie));
    assert.ok(result.ok);
    assert.deepEqual(result.user, { userId: ada.userId, email: "ada@example.com", name: "ada" });
    assert.equal(result.scheme, "session");
    assert.ok(result.expiresAt > new Date());
  });

  test("SEC12 asks on every request, and refuses from the first one after a sign-out", async () => {
    const user = await server.signUp("leaver");
    const before = server.seen.length;
    for (let i = 0; i < 3; i++) assert.equal(await codeOf(guard, request(user.cookie)), "allowed");
    assert.equal(server.seen.length - before, 3);
    await server.signOut(user);
    assert.equal(await codeOf(guard, request(user.cookie)), "session_invalid");
  });

  test("refuses a session whose time has passed", async () => {
    const user = await server.signUp("late");
    server.expire(user);
    assert.equal(await codeOf(guard, request(user.cookie)), "session_invalid");
  });

  test("SEC13 sends the session cookie on, and nothing else of the client's", async () => {
    const user = await server.signUp("plain");
    const headers = {
      cookie: `better-auth.session_data=evil; ${user.cookie}; other=1`,
      authorization: "Bearer x",
      "x-forwarded-for": "6.6.6.6",
      "x-forwarded-host": "evil.example",
      "user-agent": "client/1",
      host: "evil.example",
    };
    assert.equal(await codeOf(guard, request(undefined, { headers })), "allowed");
    const seen = server.seen.at(-1);
    assert.equal(seen?.url, "/api/auth/get-session?disableCookieCache=true&disableRefresh=true");
    assert.deepEqual(seen?.headers, {
      accept: "application/json",
      connection: "keep-alive",
      cookie: user.cookie,
      host: `127.0.0.1:${server.port}`,
    });
  });

  test("SEC17 refuses a forged twin beside the real cookie", async () => {
    const user = await server.signUp("twin");
    const forged = user.cookie.replace(/=(.)/, (_, c: string) => (c === "A" ? "=B" : "=A"));
    assert.equal(
      await codeOf(guard, request(`${forged}; ${user.cookie}`)),
      "credentials_malformed",
    );
    assert.equal(
      await codeOf(guard, request(`${user.cookie}; ${forged}`)),
      "credentials_malformed",
    );
    assert.equal(await codeOf(guard, request(forged)), "session_invalid");
  });

  test("without a cookie no credential is there, and Better Auth is not asked", async () => {
    const before = server.seen.length;
    assert.equal(await codeOf(guard, request()), "credentials_missing");
    assert.equal(
      await codeOf(guard, request("better-auth.session_token=x")),
      "credentials_malformed",
    );
    assert.equal(server.seen.length, before);
  });

  test("lets nobody into another's data, by exact comparison", async () => {
    const user = await server.signUp("owner");
    const owners = [
      `${user.userId} `,
      user.userId.toLowerCase(),
      user.userId.toUpperCase(),
      "",
      "%",
    ];
    for (const owner of owners.filter((id) => id !== user.userId)) {
      assert.equal(await codeOf(guard, request(user.cookie), { owner }), "user_mismatch");
    }
    assert.equal(await codeOf(guard, request(user.cookie), { owner: user.userId }), "allowed");
  });

  test("the second door works on its own", async () => {
    const user = await server.signUp("second");
    const auth = await guard.authenticate(request(user.cookie));
    assert.ok(auth.ok);
    assert.equal(requireUserIdMatch(user.userId, auth), auth);
    const refused = requireUserIdMatch("somebody", auth);
    assert.ok(!refused.ok);
    assert.equal(refused.failure.code, "user_mismatch");
    assert.equal(refused.failure.userId, user.userId);
  });

  test("SEC18 a path that does not decode is refused before anything is asked", async () => {
    const user = await server.signUp("path");
    const before = server.seen.length;
    for (const url of ["/api/%/tasks", "http://x/api/%E0%A4%A/tasks?ok=1", "/api/%ff"]) {
      assert.equal(await codeOf(guard, request(user.cookie, { url })), "malformed_request");
    }
    assert.equal(server.seen.length, before);
    const url = "http://x%/api/%20/tasks?q=%";
    assert.equal(await codeOf(guard, request(user.cookie, { url })), "allowed");
  });

  const crossOrigin: [verdict: string, method: string, headers: Record<string, string>][] = [
    ["allowed", "GET", { origin: "https://evil.example" }],
    ["allowed", "HEAD", { "sec-fetch-site": "cross-site" }],
    ["allowed", "GET", { upgrade: "websocket" }],
    ["cross_origin_refused", "GET", { upgrade: "websocket", origin: "https://evil.example" }],
    ["cross_origin_refused", "GET", { upgrade: "websocket", "sec-fetch-site": "same-site" }],
    ["allowed", "POST", {}],
    ["allowed", "POST", { "sec-fetch-site": "same-origin" }],
    ["allowed", "POST", { "sec-fetch-site": "none" }],
    ["cross_origin_refused", "POST", { "sec-fetch-site": "same-site" }],
    ["cross_origin_refused", "POST", { "sec-fetch-site": "cross-site" }],
    ["cross_origin_refused", "POST", { origin: "null" }],
    ["cross_origin_refused", "POST", { origin: "" }],
    ["cross_origin_refused", "DELETE", { origin: "https://evil.example" }],
    ["cross_origin_refused", "PURGE", { origin: "https://evil.example" }],
    ["cross_origin_refused", "post", { origin: "https://evil.example" }],
  ];
  for (const [verdict, method, headers] of crossOrigin) {
    test(`SEC26 ${method} with ${JSON.stringify(headers)} is ${verdict}`, async () => {
      const user = await server.signUp(`origin${Math.random()}`);
      assert.equal(await codeOf(guard, request(user.cookie, { method, headers })), verdict);
    });
  }

  test("SEC26 only the exact trusted origin may make changes", async () => {
    const user = await server.signUp("exact");
    const post = (origin: string) =>
      codeOf(guard, request(user.cookie, { method: "POST", headers: { origin } }));
    assert.equal(await post(server.origin), "allowed");
    for (const origin of [
      `${server.origin}.evil.example`,
      `${server.origin}0`,
      `${server.origin}/`,
    ]) {
      assert.equal(await post(origin), "cross_origin_refused");
    }
  });

  test("an untrusted page is refused even with a bad cookie, and Better Auth is not asked", async () => {
    const before = server.seen.length;
    const headers = { origin: "https://evil.example" };
    const bad = request("better-auth.session_token=x", { method: "POST", headers });
    assert.equal(await codeOf(guard, bad), "cross_origin_refused");
    assert.equal(server.seen.length, before);
  });
});

test("SEC17 with https only the __Secure- cookie counts", async () => {
  const server = await startBetterAuth({ secure: true });
  const guard = createGuard({ schemes: [betterAuthSession({ url: server.url, secure: true })] });
  try {
    const user = await server.signUp("secure");
    assert.match(user.cookie, /^__Secure-/);
    assert.equal(await codeOf(guard, request(user.cookie)), "allowed");
    const plain = user.cookie.replace("__Secure-", "");
    assert.equal(await codeOf(guard, request(plain)), "credentials_missing");
    assert.equal(
      await codeOf(guard, request(`${plain.replace(/=.*/, "=x")}; ${user.cookie}`)),
      "allowed",
    );
  } finally {
    await guard.close();
    await server.close();
  }
});

const misconfigurations: [what: string, create: () => unknown, message: RegExp][] = [
  ["no scheme", () => createGuard({ schemes: [] }), /schemes must name at least one scheme/],
  [
    "a url that is none",
    () => betterAuthSession({ url: "localhost" }),
    /url must be .*received "localhost"/,
  ],
  ["a url of another kind", () => betterAuthSession({ url: "ftp://x/" }), /url must be/],
  [
    "an origin with a path",
    () => betterAuthSession({ url: "http://x", trustedOrigins: ["http://x/"] }),
    /trustedOrigins must be/,
  ],
  [
    "any origin",
    () => betterAuthSession({ url: "http://x", trustedOrigins: ["*"] }),
    /received "\*"/,
  ],
  [
    "a deadline of 5,001 ms",
    () => betterAuthSession({ url: "http://x", deadlineMs: 5_001 }),
    /from 1 to 5000/,
  ],
  [
    "a cookie name with a separator",
    () => betterAuthSession({ url: "http://x", cookieName: "a=b" }),
    /cookieName must be/,
  ],
  [
    "a realm that breaks out of its quotes",
    () => betterAuthSession({ url: "http://x", realm: 'a"b' }),
    /realm must be/,
  ],
  [
    "a password in its url",
    () => betterAuthSession({ url: "http://user:secret@x" }),
    /url must be/,
  ],
  [
    "a service key as it stands in a file, line end included",
    () => betterAuthSession({ url: "http://x", serviceKey: `${"k".repeat(43)}\n` }),
    /serviceKey must be .*received "something else"/,
  ],
];
for (const [what, create, message] of misconfigurations) {
  test(`a guard with ${what} is not created`, () => assert.throws(create, message));
}
