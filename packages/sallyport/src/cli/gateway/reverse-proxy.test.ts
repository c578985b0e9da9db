import assert from "node:assert/strict";
import { once } from "node:events";
import { connect } from "node:net";
import { describe, test } from "node:test";
import fc from "fast-check";
import { fuzzed, fuzzSeed } from "../../../test/fuzzing.ts";
import {
  echo,
  echoed,
  exchange,
  problemOf,
  startProxying,
  valuesOf,
} from "../../../test/proxied-backend.ts";
import { sendRaw } from "../../../test/raw-request.ts";

describe("the gateway as a reverse proxy", () => {
  test("an owner's request reaches the backend, with who it is and without the credential", async (t) => {
    const { ada, own, path, port } = await startProxying(t);
    const cookie = `a=1; ${ada.cookie}; better-auth.session_data=x; __Secure-better-auth.dont_remember=y; b=2`;
    const answer = await own({}, { cookie, authorization: "Bearer x", "x-mine": "kept" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("vary"), "Cookie, Authorization, Origin");
    const seen = echoed.parse(await answer.json());
    assert.deepEqual([seen.method, seen.url], ["GET", path]);
    const told = valuesOf(seen, /^(x-|cookie|authorization|host)/i);
    assert.ok(told["x-auth-assertion"]);
    assert.deepEqual(told, {
      host: `127.0.0.1:${port}`,
      cookie: "a=1; b=2",
      "x-mine": "kept",
      "x-forwarded-for": "127.0.0.1",
      "x-forwarded-host": `127.0.0.1:${port}`,
      "x-forwarded-proto": "http",
      "x-auth-user-id": ada.user.id,
      "x-auth-email": ada.user.email,
      "x-auth-name": "Zo%C3%AB",
      "x-auth-assertion": told["x-auth-assertion"],
    });
  });

  test("each refusal is the guard's, and nothing of it reaches the backend", async (t) => {
    let reached = 0;
    const { auth, ada, own, origin, path, lines } = await startProxying(t, (_, response) => {
      reached += 1;
      response.end();
    });
    assert.equal(await problemOf(await fetch(origin + path)), "401 credentials_missing");
    const bob = auth.signIn();
    assert.equal(await problemOf(await own({}, { cookie: bob.cookie })), "403 user_mismatch");
    const foreign = await own({ method: "POST", body: "x" }, { origin: "https://evil.example" });
    assert.equal(await problemOf(foreign), "403 cross_origin_refused");
    auth.revoke(ada);
    assert.equal(await problemOf(await own()), "401 session_invalid");
    await auth.fail("connection-refused");
    const unavailable = await own();
    assert.equal(unavailable.headers.get("retry-after"), "1");
    assert.equal(await problemOf(unavailable), "503 authority_unavailable");
    assert.equal(reached, 0);
    assert.equal(lines.length, 5);
  });

  test("a page of a trusted origin may make changes", async (t) => {
    const trusted = ["--trusted-origin", "https://app.example.com"];
    const { own } = await startProxying(t, echo, trusted);
    const answer = await own({ method: "POST" }, { origin: "https://app.example.com" });
    assert.equal(answer.status, 200);
  });

  test("SEC21 headers that claim an identity, a path, a method or an address do not pass", async (t) => {
    const { ada, path, port, origin } = await startProxying(t);
    const claims = [
      ...["X-Auth-User-Id", "x-auth-user-id", "X_Auth_User_Id", "X-Auth_Email", "X-AUTH-ROLE"],
      ...["X-Forwarded-For", "X-Forwarded-User", "X-Forwarded-Host", "Forwarded", "X-Real-IP"],
      ...["X-Original-URL", "X-Rewrite-URL", "X-Original-URI", "X-HTTP-Method-Override"],
      ...["X-Method-Override", "X-HTTP-Method", "X_Mine", "Proxy-Authorization", "TE"],
    ];
    for (const target of [path, "/open/x"]) {
      for (const claim of claims) {
        const headers: [string, string][] = [
          ["Cookie", ada.cookie],
          [claim, "mallory"],
          [claim, "mallory2"],
        ];
        const { body } = await sendRaw(origin, { method: "GET", path: target, headers, body: "" });
        assert.doesNotMatch(body, /mallory/, claim);
      }
    }
    const anonymous = echoed.parse(await (await fetch(`http://127.0.0.1:${port}/open/x`)).json());
    assert.deepEqual(valuesOf(anonymous, /^x.auth/i), {});
  });

  test("headers of one connection stop here, those that it names too, in both directions", async (t) => {
    const { ada, path, origin } = await startProxying(t, (request, response) => {
      response.setHeader("Connection", "X-Inner, close");
      response.setHeader("X-Inner", "secret");
      response.setHeader("X-Outer", "kept");
      echo(request, response);
    });
    const headers: [string, string][] = [
      ["Cookie", ada.cookie],
      ["Connection", "keep-alive, X-Hop"],
      ["X-Hop", "mallory"],
      ["Keep-Alive", "timeout=1"],
      ["Upgrade", "h2c"],
      ["HTTP2-Settings", "AAMAAABkAAQAAP__"],
    ];
    const { body } = await sendRaw(origin, { method: "GET", path, headers, body: "" });
    const seen = echoed.parse(JSON.parse(body));
    assert.deepEqual(valuesOf(seen, /^(x-hop|keep-alive|upgrade|transfer-encoding)$/i), {});
    const answer = await fetch(origin + path, { headers: { cookie: ada.cookie } });
    assert.deepEqual(
      [answer.headers.get("x-inner"), answer.headers.get("x-outer")],
      [null, "kept"],
    );
  });

  test(`SEC18 whose data the backend sees asked for is whom the gateway judged (seed ${fuzzSeed})`, async (t) => {
    const { auth, ada, port } = await startProxying(t);
    const bob = auth.signIn();
    const piece = fc.constantFrom(
      ...["/", "/", "/", "/api/", "/api/", ada.user.id, ada.user.id, bob.user.id, "tasks", "open"],
      ...[
        "..",
        ".",
        "%2e%2e",
        "%2F",
        "\\",
        "%5c",
        ";",
        "//",
        "%00",
        "%252e",
        "#",
        "?",
        "é",
        "%C3%AB",
      ],
    );
    const target = fc.array(piece, { maxLength: 9 }).map((pieces) => pieces.join(""));
    let passed = 0;
    await fc.assert(
      fc.asyncProperty(target, async (text) => {
        const answer = await exchange(port, [
          `GET ${text} HTTP/1.1`,
          `Cookie: ${ada.cookie}`,
          "Connection: close",
        ]);
        assert.match(answer, /^HTTP\/1.1 (200|400|401|403) /, text);
        if (!answer.includes(" 200 ")) return;
        passed += 1;
        const seen = echoed.parse(JSON.parse(answer.slice(answer.indexOf("{"))));
        assert.equal(seen.url, text);
        // As lenient as can be: decoded until nothing changes, slashes and dots resolved.
        const path = new URL(decodeURIComponent(decodeURIComponent(seen.url)), "http://x").pathname;
        const [, first, second] = path.split(/[\\/]+/);
        if (first?.toLowerCase() === "api" && second) assert.equal(second, ada.user.id);
        const told = valuesOf(seen, /^x-auth-user-id$/i)["x-auth-user-id"];
        assert.equal(told, first === "open" ? undefined : ada.user.id);
      }),
      fuzzed(0.1, 1),
    );
    assert.ok(passed > 10, `${passed} passed`);
  });

  test("a WebSocket is refused in words, once it is clear who asks", async (t) => {
    const { ada, path, port } = await startProxying(t);
    const lines = [`GET ${path} HTTP/1.1`, "Connection: Upgrade", "Upgrade: websocket"];
    assert.match(await exchange(port, [...lines], undefined, true), /^HTTP\/1.1 401 /);
    const cookie = `Cookie: ${ada.cookie}`;
    const foreign = [...lines, cookie, "Origin: https://evil.example"];
    assert.match(await exchange(port, foreign, undefined, true), /^HTTP\/1.1 403 /);
    const own = await exchange(port, [...lines, cookie], undefined, true);
    assert.match(own, /^HTTP\/1.1 501 .*upgrade_unsupported/s);
  });

  test("SEC23 headers over 16 KB are 431, and two Host lines are one to the backend", async (t) => {
    const { ada, path, port } = await startProxying(t);
    const lines = [`GET ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
    assert.match(
      await exchange(port, [...lines, `X-Long: ${"x".repeat(16_384)}`]),
      /^HTTP\/1.1 431 /,
    );
    const answer = await exchange(port, [...lines, "Host: evil.example"]);
    const seen = echoed.parse(JSON.parse(answer.slice(answer.indexOf("{"))));
    assert.equal(valuesOf(seen, /^host$/i).host, "x");
  });

  test("SEC23 headers that come a byte at a time are cut in bounded time", async (t) => {
    const { port } = await startProxying(t);
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nA: ");
    const dribble = setInterval(() => socket.write("a"), 100);
    t.after(() => clearInterval(dribble));
    socket.resume();
    await once(socket, "close");
  });

  test("health, readiness and keys are the gateway's own", async (t) => {
    const { origin, port } = await startProxying(t);
    assert.deepEqual(await (await fetch(`${origin}/healthz`)).json(), { status: "ok" });
    assert.equal((await fetch(`${origin}/.well-known/jwks.json`)).status, 200);
    assert.match(await exchange(port, ["GET //healthz HTTP/1.1", "Connection: close"]), / 400 /);
  });
});
