import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, type RequestListener, request } from "node:http";
import { connect } from "node:net";
import { describe, type TestContext, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import fc from "fast-check";
import { serve } from "../../../test/auth-server.ts";
import { fuzzed, fuzzSeed } from "../../../test/fuzzing.ts";
import { sendRaw } from "../../../test/raw-request.ts";
import { startGateway } from "../../../test/start-gateway.ts";
import { fakeBetterAuth } from "../../testing.ts";

const echo: RequestListener = (request, response) => {
  const { method, url, rawHeaders } = request;
  response.end(JSON.stringify({ method, url, rawHeaders }));
};

interface Echo {
  method: string;
  url: string;
  rawHeaders: string[];
}

/** A gateway as the proxy of `listener`, and somebody who is signed in. */
async function start(t: TestContext, listener: RequestListener = echo, args: string[] = []) {
  const auth = await fakeBetterAuth();
  const backend = await serve(listener);
  t.after(backend.close);
  t.after(auth.close);
  const gateway = await startGateway(
    t,
    [
      ...["--auth-url", auth.url, "--owner", "/api/{user_id}/**", "--public", "/open/**"],
      ...["--public", "POST /open/**", "--upstream", backend.url, ...args],
    ],
    { SALLYPORT_SERVICE_KEY: auth.serviceKey },
  );
  const ada = auth.signIn({ name: "Zoë" });
  const path = `/api/${ada.user.id}/tasks`;
  const own = (init: RequestInit = {}, more: Record<string, string> = {}) =>
    fetch(gateway.origin + path, { ...init, headers: { cookie: ada.cookie, ...more } });
  return { auth, backend, ada, path, own, ...gateway };
}

const problemOf = async (answer: Response) =>
  `${answer.status} ${((await answer.json()) as { error_code: string }).error_code}`;

function valuesOf({ rawHeaders }: Echo, pattern: RegExp): Record<string, string> {
  const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 && pattern.test(name)
      ? [[name.toLowerCase(), rawHeaders[index + 1] ?? ""]]
      : [],
  );
  assert.equal(new Set(pairs.map(([name]) => name)).size, pairs.length, "each comes once");
  return Object.fromEntries(pairs);
}

describe("the gateway as a reverse proxy", () => {
  test("an owner's request reaches the backend, with who it is and without the credential", async (t) => {
    const { ada, own, path, port } = await start(t);
    const cookie = `a=1; ${ada.cookie}; better-auth.session_data=x; __Secure-better-auth.dont_remember=y; b=2`;
    const answer = await own({}, { cookie, authorization: "Bearer x", "x-mine": "kept" });
    assert.equal(answer.status, 200);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("vary"), "Cookie, Authorization, Origin");
    const seen = (await answer.json()) as Echo;
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
    const { auth, ada, own, origin, path, lines } = await start(t, (_, response) => {
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
    const { own } = await start(t, echo, trusted);
    const answer = await own({ method: "POST" }, { origin: "https://app.example.com" });
    assert.equal(answer.status, 200);
  });

  test("SEC21 headers that claim an identity, a path, a method or an address do not pass", async (t) => {
    const { ada, path, port, origin } = await start(t);
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
    const anonymous = (await (await fetch(`http://127.0.0.1:${port}/open/x`)).json()) as Echo;
    assert.deepEqual(valuesOf(anonymous, /^x.auth/i), {});
  });

  test("headers of one connection stop here, those that it names too, in both directions", async (t) => {
    const { ada, path, origin } = await start(t, (request, response) => {
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
    assert.doesNotMatch(body, /mallory|timeout=1|h2c/);
    const answer = await fetch(origin + path, { headers: { cookie: ada.cookie } });
    assert.deepEqual(
      [answer.headers.get("x-inner"), answer.headers.get("x-outer")],
      [null, "kept"],
    );
  });

  test(`SEC18 whose data the backend sees asked for is whom the gateway judged (seed ${fuzzSeed})`, async (t) => {
    const { auth, ada, port } = await start(t);
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
        const seen = JSON.parse(answer.slice(answer.indexOf("{"))) as Echo;
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

  test("an answer is streamed: each part arrives before the next one is made", async (t) => {
    const parts: (() => void)[] = [];
    const { own } = await start(t, (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
      parts.push(
        () => response.write("data: 1\n\n"),
        () => response.end("data: 2\n\n"),
      );
    });
    const answer = await own();
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const reader = answer.body?.getReader();
    for (const [index, part] of parts.entries()) {
      part();
      const { value } = (await reader?.read()) ?? {};
      assert.equal(Buffer.from(value ?? []).toString(), `data: ${index + 1}\n\n`);
    }
  });

  test("a backend may think for longer than an idle connection to it is kept", async (t) => {
    const { own } = await start(t, async (_, response) => {
      await setTimeout(1_500);
      response.end("thought");
    });
    assert.equal(await (await own()).text(), "thought");
  });

  test("an upload is streamed, as slowly as the backend reads", async (t) => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    const { ada, path, port } = await start(t, (request, response) => {
      arrived.resolve(request);
      request.once("end", () => response.end("done"));
    });
    const headers = { cookie: ada.cookie };
    const upload = request({ port, path, method: "PUT", headers });
    const answered = once(upload, "response");
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < 64; count += 1) upload.write(megabyte);
    const reading = await arrived.promise;
    // Nobody reads: what is under way fits into the buffers of sockets, and no more is taken.
    let left = Number.POSITIVE_INFINITY;
    while (upload.writableLength < left) {
      left = upload.writableLength;
      await setTimeout(200);
    }
    assert.ok(left > 32 * megabyte.length, `${left} bytes are left`);
    reading.resume();
    upload.end();
    const [answer] = (await answered) as [IncomingMessage];
    assert.equal(answer.statusCode, 200);
    answer.resume();
  });

  test("a body with a length, in chunks, or none arrives as it was sent, by any method", async (t) => {
    const { ada, path, port } = await start(t, async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { "content-length": length, "transfer-encoding": coding } = request.headers;
      response.end([request.method, body, length, coding].join(" "));
    });
    for (const method of ["GET", "POST", "DELETE", "PATCH", "QUERY"]) {
      const start = [`${method} ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
      const long = await exchange(port, [...start, "Content-Length: 3"], "abc");
      assert.match(long, new RegExp(`\\b${method} abc 3 `));
      const chunks = await exchange(
        port,
        [...start, "Transfer-Encoding: chunked"],
        "3\r\nabc\r\n0\r\n\r\n",
      );
      assert.match(chunks, new RegExp(`\\b${method} abc  chunked`));
    }
    assert.match(
      await exchange(port, [`GET ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"]),
      /GET {3}/,
    );
  });

  test("a body that is framed in two ways, or coded in one that is not known, is refused", async (t) => {
    const { ada, path, port } = await start(t);
    const start_ = [`POST ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
    for (const framing of [
      ["Content-Length: 3", "Transfer-Encoding: chunked"],
      ["Content-Length: 3", "Content-Length: 4"],
      ["Transfer-Encoding: gzip, chunked"],
      ["Transfer-Encoding: chunked, gzip"],
    ]) {
      const answer = await exchange(port, [...start_, ...framing], "3\r\nabc\r\n0\r\n\r\n");
      assert.match(answer, /^HTTP\/1.1 400 /, String(framing));
    }
  });

  test("a client that waits for 100 Continue is told to go on once it may pass, and no sooner", async (t) => {
    const { ada, path, port } = await start(t, (request, response) => {
      request.resume().once("end", () => response.end("read"));
    });
    const lines = [
      `POST ${path} HTTP/1.1`,
      "Expect: 100-continue",
      "Content-Length: 3",
      "Connection: close",
    ];
    assert.match(await exchange(port, lines), /^HTTP\/1.1 401 /);
    const allowed = await exchange(port, [...lines, `Cookie: ${ada.cookie}`], "abc");
    assert.match(allowed, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  test("a client that leaves ends the backend's work", async (t) => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { ada, path, port } = await start(t, (request) => asked.resolve(request));
    const client = request({ port, path, headers: { cookie: ada.cookie } }).end();
    client.on("error", () => {});
    const incoming = await asked.promise;
    const gone = once(incoming.socket, "close");
    client.destroy();
    await gone;
  });

  test("a backend that is gone is 503 with Retry-After, and one line in the log", async (t) => {
    const { own, backend, lines } = await start(t);
    await backend.close();
    const answer = await own();
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(await problemOf(answer), "503 upstream_unavailable");
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /ECONNREFUSED/);
  });

  test("a backend that closes without an answer, or says what is no HTTP, is 503 too", async (t) => {
    for (const say of [
      "",
      "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ]) {
      const { own } = await start(t, ({ socket }) => void socket.end(say));
      assert.equal(await problemOf(await own()), "503 upstream_unavailable");
    }
  });

  test("a backend that breaks off in the midst of an answer breaks it off here: it is not whole", async (t) => {
    const { own } = await start(t, (_, response) => {
      response.writeHead(200, { "Content-Length": 100 });
      response.write("half", () => response.destroy());
    });
    const answer = await own();
    await assert.rejects(answer.text());
  });

  test("an answer that comes before the body was read arrives whole", async (t) => {
    const { ada, path, origin } = await start(t, (_, response) => {
      response.writeHead(413).end("too large");
    });
    const headers: [string, string][] = [["Cookie", ada.cookie]];
    const body = "x".repeat(64 * 1024);
    const answer = await sendRaw(origin, { method: "POST", path, headers, body });
    assert.deepEqual(answer, { status: 413, body: "too large" });
  });

  test("a WebSocket is refused in words, once it is clear who asks", async (t) => {
    const { ada, path, port } = await start(t);
    const lines = [`GET ${path} HTTP/1.1`, "Connection: Upgrade", "Upgrade: websocket"];
    assert.match(await exchange(port, [...lines], undefined, true), /^HTTP\/1.1 401 /);
    const cookie = `Cookie: ${ada.cookie}`;
    const foreign = [...lines, cookie, "Origin: https://evil.example"];
    assert.match(await exchange(port, foreign, undefined, true), /^HTTP\/1.1 403 /);
    const own = await exchange(port, [...lines, cookie], undefined, true);
    assert.match(own, /^HTTP\/1.1 501 .*upgrade_unsupported/s);
  });

  test("SEC23 headers over 16 KB are 431, and two Host lines are one to the backend", async (t) => {
    const { ada, path, port } = await start(t);
    const lines = [`GET ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
    assert.match(
      await exchange(port, [...lines, `X-Long: ${"x".repeat(16_384)}`]),
      /^HTTP\/1.1 431 /,
    );
    const answer = await exchange(port, [...lines, "Host: evil.example"]);
    const seen = JSON.parse(answer.slice(answer.indexOf("{"))) as Echo;
    assert.equal(valuesOf(seen, /^host$/i).host, "x");
  });

  test("SEC23 headers that come a byte at a time are cut in bounded time", async (t) => {
    const { port } = await start(t);
    const socket = connect(port, "127.0.0.1").on("error", () => {});
    socket.write("GET / HTTP/1.1\r\nA: ");
    const dribble = setInterval(() => socket.write("a"), 100);
    t.after(() => clearInterval(dribble));
    socket.resume();
    await once(socket, "close");
  });

  test("health, readiness and keys are the gateway's own", async (t) => {
    const { origin, port } = await start(t);
    assert.deepEqual(await (await fetch(`${origin}/healthz`)).json(), { status: "ok" });
    assert.equal((await fetch(`${origin}/.well-known/jwks.json`)).status, 200);
    assert.match(await exchange(port, ["GET //healthz HTTP/1.1", "Connection: close"]), / 400 /);
  });
});

/** All that is said to these lines and this body, until the connection closes. */
async function exchange(
  port: number,
  [first = "", ...lines]: string[],
  body = "",
  isUpgrade = false,
): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  socket.on("error", () => {});
  socket.setEncoding("latin1");
  socket.write(`${[first, "Host: x", ...lines, "", ""].join("\r\n")}${body}`, "latin1");
  let answer = "";
  socket.on("data", (chunk: string) => {
    answer += chunk;
    if (isUpgrade && answer.endsWith("}")) socket.end();
  });
  if (!socket.closed) await new Promise((resolve) => socket.once("close", resolve));
  return answer;
}
