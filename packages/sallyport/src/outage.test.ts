import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { createServer } from "node:net";
import { test } from "node:test";
import { patientMs, serve, startBetterAuth } from "../test/auth-server.ts";
import { betterAuthSession, createGuard } from "./index.ts";

const deadlineMs = 300;
const cookie = `better-auth.session_token=${encodeURIComponent(`${"t".repeat(32)}.${"s".repeat(43)}=`)}`;
const request = { method: "GET", headers: new Headers({ cookie }) };
const json = { "content-type": "application/json" };

const faults: [what: string, listener: RequestListener][] = [
  ["resets before its headers", (q) => void q.socket.destroy()],
  [
    "resets in mid-body",
    (q, r) => void r.writeHead(200, { "content-length": 99 }).write("{", () => q.socket.destroy()),
  ],
  ["never answers", () => undefined],
  ["sends headers, then nothing", (_, r) => void r.writeHead(200, json).flushHeaders()],
  [
    "drips past the deadline",
    (q, r) => {
      r.writeHead(200, json);
      const drip = setInterval(() => r.write(" "), 20);
      q.socket.once("close", () => clearInterval(drip));
    },
  ],
  [
    "redirects to where a session is",
    (q, r) =>
      void r.writeHead(q.url === "/elsewhere" ? 200 : 302, { location: "/elsewhere" }).end("null"),
  ],
  ["answers 401 without its own code", (_, r) => void r.writeHead(401, json).end("{}")],
  ["answers 404", (_, r) => void r.writeHead(404, json).end("null")],
  ["answers 429", (_, r) => void r.writeHead(429, { ...json, "x-retry-after": "10" }).end("{}")],
  ["answers 500", (_, r) => void r.writeHead(500, json).end('{"code":"FAILED_TO_GET_SESSION"}')],
  ["answers 502", (_, r) => void r.writeHead(502).end("<html>")],
  ["answers 200 with HTML", (_, r) => void r.writeHead(200).end("<html>")],
  ["answers 200 with nothing", (_, r) => void r.writeHead(200, json).end()],
  [
    "answers 200 with 10 MB",
    (_, r) => void r.writeHead(200, json).end(`${" ".repeat(10_000_000)}null`),
  ],
];

for (const [what, listener] of faults) {
  test(`SEC14 an authority that ${what} is unavailable, inside the deadline`, async () => {
    const server = await serve(listener);
    const guard = createGuard({ schemes: [betterAuthSession({ url: server.url, deadlineMs })] });
    try {
      const startedAt = performance.now();
      const result = await guard.authenticate(request);
      assert.ok(!result.ok);
      assert.equal(result.failure.code, "authority_unavailable");
      assert.ok(performance.now() - startedAt < deadlineMs + 1_000);
      const denial = guard.denial(result.failure, "id");
      assert.equal(denial.status, 503);
      assert.equal(denial.headers["Retry-After"], "1");
    } finally {
      await guard.close();
      await server.close();
    }
  });
}

test("SEC14 when nobody listens it is unavailable, and the first answer after recovery is 200", async () => {
  const server = await startBetterAuth();
  const user = await server.signUp("ada");
  const signedIn = { method: "GET", headers: new Headers({ cookie: user.cookie }) };
  // A relay, so that the authority can go away and come back under one address.
  const relay = createServer((client) => client.destroy());
  await new Promise<void>((resolve) => relay.listen(0, "127.0.0.1", resolve));
  const address = relay.address();
  assert.ok(address !== null && typeof address === "object");
  await new Promise((resolve) => relay.close(resolve));

  const guard = createGuard({
    schemes: [betterAuthSession({ url: `http://127.0.0.1:${address.port}/api/auth`, deadlineMs })],
  });
  try {
    for (let i = 0; i < 5; i++) {
      const result = await guard.authenticate(signedIn);
      assert.ok(!result.ok);
      assert.equal(result.failure.code, "authority_unavailable");
    }
    assert.equal(guard.authority(), "unavailable");

    const returned = await serve(async (incoming, response) => {
      const answer = await fetch(`${server.origin}${incoming.url}`, {
        headers: { cookie: incoming.headers.cookie ?? "" },
      });
      response.writeHead(answer.status).end(await answer.text());
    }, address.port);
    try {
      const startedAt = performance.now();
      let result = await guard.authenticate(signedIn);
      while (!result.ok && performance.now() - startedAt < 3_000) {
        await new Promise((resolve) => setTimeout(resolve, 50));
        result = await guard.authenticate(signedIn);
      }
      assert.ok(result.ok, "recovers within a probe interval of one second");
      assert.equal(guard.authority(), "ok");
    } finally {
      await returned.close();
    }
  } finally {
    await guard.close();
    await server.close();
  }
});

test("a connection that breaks once is tried once more, and no more than that", async () => {
  let calls = 0;
  const server = await serve((incoming, response) => {
    calls += 1;
    if (calls === 1) incoming.socket.destroy();
    else response.writeHead(200, json).end("null");
  });
  const guard = createGuard({
    schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs })],
  });
  try {
    const result = await guard.authenticate(request);
    assert.ok(!result.ok);
    assert.equal(result.failure.code, "session_invalid");
    assert.equal(calls, 2);
  } finally {
    await guard.close();
    await server.close();
  }
});

test("a connection that keeps breaking is given up after the second call", async () => {
  let calls = 0;
  const server = await serve((incoming) => {
    calls += 1;
    incoming.socket.destroy();
  });
  const guard = createGuard({
    schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs })],
  });
  try {
    const result = await guard.authenticate(request);
    assert.ok(!result.ok);
    assert.equal(result.failure.code, "authority_unavailable");
    assert.equal(calls, 2);
  } finally {
    await guard.close();
    await server.close();
  }
});

const oneClients: [what: string, listener: RequestListener][] = [
  ["its rate limit", (_, r) => void r.writeHead(429, json).end("{}")],
  ["a profile of 2 MB", (_, r) => void r.writeHead(200, json).end(`"${"n".repeat(2_000_000)}"`)],
];
for (const [what, listener] of oneClients) {
  test(`one client alone does not open the breaker for all, be it by ${what}`, async () => {
    const server = await serve(listener);
    const guard = createGuard({ schemes: [betterAuthSession({ url: server.url })] });
    try {
      for (let i = 0; i < 20; i++) {
        const result = await guard.authenticate(request);
        assert.ok(!result.ok);
        assert.equal(result.failure.code, "authority_unavailable");
      }
      assert.equal(guard.authority(), "ok");
    } finally {
      await guard.close();
      await server.close();
    }
  });
}

test("a restart that breaks all connections at once refuses nobody", async () => {
  let calls = 0;
  const server = await serve((incoming, response) => {
    calls += 1;
    if (calls <= 20) incoming.socket.destroy();
    else response.writeHead(200, json).end("null");
  });
  const guard = createGuard({
    schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs })],
  });
  try {
    const results = await Promise.all(
      Array.from({ length: 20 }, () => guard.authenticate(request)),
    );
    for (const result of results) {
      assert.ok(!result.ok);
      assert.equal(result.failure.code, "session_invalid");
    }
  } finally {
    await guard.close();
    await server.close();
  }
});

test("while one probe is on its way, everyone else is answered at once", async () => {
  let hangs = false;
  const probed = Promise.withResolvers<void>();
  const server = await serve((_, response) => {
    if (hangs) probed.resolve();
    else response.writeHead(500, json).end("{}");
  });
  const guard = createGuard({ schemes: [betterAuthSession({ url: server.url })] });
  try {
    while (guard.authority() === "ok") await guard.authenticate(request);
    hangs = true;
    let isProbed = false;
    void probed.promise.then(() => {
      isProbed = true;
    });
    let probe = guard.authenticate(request);
    while (!isProbed) {
      await Promise.race([probe, probed.promise]);
      if (!isProbed) probe = guard.authenticate(request);
    }
    const winner = await Promise.race([
      probe.then(() => "probe"),
      guard.authenticate(request).then((result) => (result.ok ? "allowed" : result.failure.code)),
    ]);
    assert.equal(winner, "authority_unavailable");
  } finally {
    await guard.close();
    await server.close();
  }
});

test("more look-ups than can wait are refused at once, and the breaker stays closed", async () => {
  const arrived = Promise.withResolvers<void>();
  let release: (() => void)[] = [];
  const server = await serve((_, response) => {
    release.push(() => response.writeHead(200, json).end("null"));
    if (release.length === 64) arrived.resolve();
  });
  const guard = createGuard({
    schemes: [betterAuthSession({ url: server.url, deadlineMs: patientMs })],
  });
  try {
    const waiting = Array.from({ length: 64 + 1024 }, () => guard.authenticate(request));
    await arrived.promise;
    const refused = await guard.authenticate(request);
    assert.ok(!refused.ok);
    assert.equal(refused.failure.code, "authority_unavailable");
    assert.equal(guard.authority(), "ok");
    const drain = setInterval(() => {
      for (const answer of release) answer();
      release = [];
    }, 1);
    await Promise.all(waiting);
    clearInterval(drain);
  } finally {
    await guard.close();
    await server.close();
  }
});
