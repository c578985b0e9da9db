import assert from "node:assert/strict";
import { generateKeyPairSync } from "node:crypto";
import { describe, type TestContext, test } from "node:test";
import { createRemoteJWKSet, decodeProtectedHeader, jwtVerify } from "jose";
import { serviceKey, startBetterAuth } from "../../../test/auth-server.ts";
import { problemOf } from "../../../test/proxied-backend.ts";
import { sendRaw } from "../../../test/raw-request.ts";
import { startGateway } from "../../../test/start-gateway.ts";
import { type Fault, fakeBetterAuth, faults } from "../../testing.ts";

const owner = ["--owner", "/api/{user_id}/**"];

/** A gateway before a fake Better Auth, and a proxy's question to it. */
async function start(t: TestContext, args: string[] = [], env: NodeJS.ProcessEnv = {}) {
  const auth = await fakeBetterAuth();
  t.after(auth.close);
  const gateway = await startGateway(t, ["--auth-url", auth.url, ...owner, ...args], {
    SALLYPORT_SERVICE_KEY: auth.serviceKey,
    ...env,
  });
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET") =>
    fetch(`${gateway.origin}/forward-auth`, {
      headers: { "x-original-uri": path, "x-original-method": method, ...headers },
    });
  return { auth, ask, ...gateway };
}

describe("forward-auth", () => {
  test("an owner passes, and the backend is told who it is", async (t) => {
    const { auth, ask } = await start(t);
    const ada = auth.signIn({ name: "Ada", email: "ada@example.com" });
    const answer = await ask(`/api/${ada.user.id}/tasks?status=open`, { cookie: ada.cookie });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-auth-user-id"), ada.user.id);
    assert.equal(answer.headers.get("x-auth-email"), "ada@example.com");
    assert.equal(answer.headers.get("x-auth-name"), "Ada");
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(await answer.text(), "");
  });

  test("SEC11 each refusal is the guard's own: status, challenge and problem document", async (t) => {
    const { auth, ask, lines } = await start(t);
    const [ada, bob] = [auth.signIn(), auth.signIn()];
    const path = `/api/${ada.user.id}/tasks`;

    const nobody = await ask(path);
    assert.equal(nobody.headers.get("www-authenticate"), 'Session realm="api"');
    assert.equal(await problemOf(nobody), "401 credentials_missing");
    const other = await ask(path, { cookie: bob.cookie });
    assert.deepEqual(
      JSON.parse(other.headers.get("x-auth-problem") ?? ""),
      await other.clone().json(),
    );
    assert.equal(await problemOf(other), "403 user_mismatch");
    const foreign = { cookie: ada.cookie, origin: "https://evil.example" };
    assert.equal(await problemOf(await ask(path, foreign, "POST")), "403 cross_origin_refused");
    auth.revoke(ada);
    const revoked = await ask(path, { cookie: ada.cookie });
    assert.match(revoked.headers.get("www-authenticate") ?? "", /error="invalid_token"/);
    assert.equal(await problemOf(revoked), "401 session_invalid");
    assert.equal(
      await problemOf(await ask(`${path}/../x`, { cookie: bob.cookie })),
      "400 malformed_request",
    );
    assert.equal(lines.length, 5);
  });

  for (const fault of faults) {
    test(`SEC14 ${fault} of the authority is 503 with Retry-After, and no sign-out`, async (t) => {
      const { auth, ask, lines } = await start(t, ["--deadline-ms", "300"]);
      const ada = auth.signIn();
      await auth.fail(fault satisfies Fault);
      const answer = await ask(`/api/${ada.user.id}/tasks`, { cookie: ada.cookie });
      assert.equal(answer.headers.get("retry-after"), "1");
      assert.equal(answer.headers.get("www-authenticate"), null);
      assert.equal(await problemOf(answer), "503 authority_unavailable");
      assert.equal(lines.length, 1);
      assert.ok(!lines[0]?.includes(ada.cookie.slice(30, 60)));
    });
  }

  test("SEC12 with a real Better Auth, in batches, a sign-out counts at once", async (t) => {
    const auth = await startBetterAuth();
    t.after(auth.close);
    const gateway = await startGateway(t, ["--auth-url", auth.url, ...owner], {
      SALLYPORT_SERVICE_KEY: serviceKey,
    });
    const ada = await auth.signUp("ada");
    const ask = () =>
      fetch(`${gateway.origin}/forward-auth`, {
        headers: {
          cookie: ada.cookie,
          "x-forwarded-method": "GET",
          "x-forwarded-uri": `/api/${ada.userId}/tasks`,
        },
      });
    assert.equal((await ask()).status, 200);
    assert.ok(auth.seen.some(({ url }) => url?.endsWith("/sallyport/sessions")));
    await auth.signOut(ada);
    assert.equal(await problemOf(await ask()), "401 session_invalid");
  });

  test("SEC21 inputs that are missing, doubled or of two kinds are refused", async (t) => {
    const { auth, origin } = await start(t);
    const ada = auth.signIn();
    const path = `/api/${ada.user.id}/tasks`;
    const uri: [string, string] = ["X-Original-URI", path];
    const method: [string, string] = ["X-Original-Method", "GET"];
    const caddyUri: [string, string] = ["X-Forwarded-Uri", path];
    const caddyMethod: [string, string] = ["X-Forwarded-Method", "GET"];
    const empty: [string, string] = ["X-Original-URI", ""];
    const ask = async (...headers: [string, string][]) => {
      const cookie: [string, string] = ["Cookie", ada.cookie];
      const all = [...headers, cookie];
      const request = { method: "GET", path: "/forward-auth", headers: all, body: "" };
      return (await sendRaw(origin, request)).status;
    };
    assert.equal(await ask(uri, method), 200);
    assert.equal(await ask(caddyUri, caddyMethod), 200);
    const refused = [
      [],
      [uri],
      [method],
      [uri, caddyMethod],
      [uri, method, uri],
      [uri, method, method],
      [uri, method, caddyUri],
      [uri, method, caddyUri, caddyMethod],
      [empty, method],
    ];
    for (const headers of refused) assert.equal(await ask(...headers), 400, String(headers));
  });

  test("SEC21 a request that claims an identity is refused, however the header is spelt", async (t) => {
    const { auth, ask } = await start(t, ["--public", "/docs"]);
    const ada = auth.signIn();
    for (const name of [
      "X-Auth-User-Id",
      "x-auth-anything",
      "X_Auth_User_Id",
      "X-AUTH_NAME",
      "X_auth-Email",
    ]) {
      for (const path of [`/api/${ada.user.id}/tasks`, "/docs"]) {
        assert.equal((await ask(path, { cookie: ada.cookie, [name]: "bob" })).status, 400, name);
      }
    }
  });

  test("a public path passes without an identity, for reading alone unless a method is named", async (t) => {
    const { ask } = await start(t, ["--public", "/docs/**", "--public", "OPTIONS /api/**"]);
    const answer = await ask("/docs/a/b");
    assert.equal(answer.status, 200);
    for (const [name, value] of answer.headers) {
      if (name.startsWith("x-auth")) assert.equal(value, "", name);
    }
    assert.equal((await ask("/docs", {}, "HEAD")).status, 200);
    assert.equal((await ask("/api/ada/tasks", {}, "OPTIONS")).status, 200);
    for (const [path, method] of [
      ["/docs", "POST"],
      ["/DOCS", "GET"],
      ["/docsx", "GET"],
      ["/api/ada/tasks", "GET"],
      ["/", "GET"],
    ]) {
      assert.equal((await ask(path ?? "", {}, method)).status, 401, `${method} ${path}`);
    }
  });

  test("a path under no pattern needs somebody, and nobody in particular", async (t) => {
    const { auth, ask } = await start(t);
    const ada = auth.signIn();
    assert.equal((await ask("/elsewhere", { cookie: ada.cookie })).status, 200);
    assert.equal((await ask("/elsewhere")).status, 401);
    assert.equal((await ask("/API/bob/tasks", { cookie: ada.cookie })).status, 403);
    assert.equal((await ask("/%61pi/bob/tasks", { cookie: ada.cookie })).status, 403);
    assert.equal((await ask("/api/", { cookie: ada.cookie })).status, 403);
  });

  test("names of any alphabet are safe bytes, and decode to themselves", async (t) => {
    const { auth, ask } = await start(t);
    for (const name of [
      "Zoë 木村 🙂",
      '100% "x", y;z',
      "a\r\nX-Auth-User-Id: bob",
      "\0\u007f\u0085",
      " ends ",
    ]) {
      const session = auth.signIn({ name });
      const answer = await ask("/x", { cookie: session.cookie });
      const value = answer.headers.get("x-auth-name") ?? "";
      assert.match(value, /^[\w.~!'()*@%-]+$/);
      assert.equal(decodeURIComponent(value), name);
      assert.equal(answer.headers.get("x-auth-user-id"), session.user.id);
    }
    const wordy = auth.signIn({ name: "木".repeat(200) });
    const answer = await ask("/x", { cookie: wordy.cookie });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("x-auth-name"), "");
  });

  test("SEC1 with tokens the same answers, and a cookie is nobody", async (t) => {
    const auth = await fakeBetterAuth();
    t.after(auth.close);
    const gateway = await startGateway(t, [
      ...["--auth-url", auth.url, "--mode", "jwt", "--jwks", ...owner],
      ...["--audience", auth.origin],
    ]);
    const [ada, bob] = [auth.signIn(), auth.signIn()];
    const ask = (headers: Record<string, string>) => {
      const path = `/api/${ada.user.id}`;
      const inputs = { "x-original-method": "GET", "x-original-uri": path };
      return fetch(`${gateway.origin}/forward-auth`, { headers: { ...inputs, ...headers } });
    };
    const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
    const passed = await ask(bearer(ada.jwt));
    assert.equal(passed.headers.get("x-auth-user-id"), ada.user.id);
    assert.equal(await problemOf(await ask({ cookie: ada.cookie })), "401 credentials_missing");
    assert.equal(await problemOf(await ask(bearer(bob.jwt))), "403 user_mismatch");
    assert.equal(await problemOf(await ask(bearer(`${ada.jwt}x`))), "401 credentials_malformed");
  });
});

describe("the assertion", () => {
  test("verifies against the published keys, names the caller, and is over in a minute", async (t) => {
    const { auth, ask, origin } = await start(t, ["--audience", "https://api.example.com"]);
    const ada = auth.signIn({ name: "Zoë" });
    const assertion = async () =>
      (await ask("/x", { cookie: ada.cookie })).headers.get("x-auth-assertion") ?? "";
    const keys = createRemoteJWKSet(new URL(`${origin}/.well-known/jwks.json`));
    const expected = {
      issuer: "sallyport-gateway",
      audience: "https://api.example.com",
      algorithms: ["EdDSA"],
      requiredClaims: ["iat", "exp", "jti"],
    };
    const first = await assertion();
    const { payload } = await jwtVerify(first, keys, expected);
    assert.equal(payload.sub, ada.user.id);
    assert.deepEqual([payload.name, payload.email], ["Zoë", ada.user.email]);
    assert.ok((payload.exp ?? 0) - (payload.iat ?? 0) <= 60);
    const second = await jwtVerify(await assertion(), keys, expected);
    assert.notEqual(second.payload.jti, payload.jti);
    await assert.rejects(jwtVerify(first, keys, { ...expected, audience: "elsewhere" }));
    const published = await (await fetch(`${origin}/.well-known/jwks.json`)).text();
    assert.doesNotMatch(published, /"d"/, "the private part is not");
  });

  test("is of the key that the environment gives, the same in every instance", async (t) => {
    const { privateKey } = generateKeyPairSync("ed25519");
    const der = privateKey.export({ format: "der", type: "pkcs8" }).toString("base64");
    const [one, other] = [
      await start(t, [], { SALLYPORT_ASSERTION_KEY: der }),
      await start(t, [], { SALLYPORT_ASSERTION_KEY: der }),
    ];
    const { cookie } = one.auth.signIn();
    const assertion = (await one.ask("/x", { cookie })).headers.get("x-auth-assertion") ?? "";
    const keys = createRemoteJWKSet(new URL(`${other.origin}/.well-known/jwks.json`));
    await jwtVerify(assertion, keys);
    assert.ok(decodeProtectedHeader(assertion).kid);
  });
});
