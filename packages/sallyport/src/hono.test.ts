import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { serve as serveHono } from "@hono/node-server";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { type BetterAuthServer, patientMs, serve, startBetterAuth } from "../test/auth-server.ts";
import { type ProtectVariables, protect } from "./hono.ts";
import { betterAuthSession, createGuard, type Failure, type Guard } from "./index.ts";

describe("a Hono backend behind the guard", () => {
  let authority: BetterAuthServer;
  let guard: Guard;
  let backend: ReturnType<typeof serveHono>;
  let base: string;
  const denied: Failure[] = [];

  before(async () => {
    authority = await startBetterAuth();
    guard = createGuard({
      schemes: [betterAuthSession({ url: authority.url, realm: "tasks", deadlineMs: patientMs })],
    });
    const app = new Hono<{ Variables: ProtectVariables }>();
    app.use(requestId());
    app.use(
      "/api/:user_id/*",
      protect(guard, { owner: "user_id", onDenied: (failure) => denied.push(failure) }),
    );
    app.all("/api/:user_id/tasks", (c) => c.json({ user: c.var.auth.user.userId }));
    app.get("/api/:user_id/raw", () => new Response("raw"));
    app.get("/api/:user_id/bug", () => {
      throw new Error("a bug");
    });
    app.onError((_error, c) => c.text("a bug", 500));
    base = await new Promise((resolve) => {
      backend = serveHono({ fetch: app.fetch, port: 0, hostname: "127.0.0.1" }, ({ port }) =>
        resolve(`http://127.0.0.1:${port}`),
      );
    });
  });
  after(async () => {
    await new Promise((resolve) => backend.close(resolve));
    await guard.close();
    await authority.close();
  });

  test("lets the owner in, and marks every answer as one caller's own", async () => {
    const user = await authority.signUp("owner");
    for (const [path, status] of [
      ["tasks", 200],
      ["raw", 200],
      ["bug", 500],
      ["nothing", 404],
    ] as const) {
      const answer = await fetch(`${base}/api/${user.userId}/${path}`, {
        headers: { cookie: user.cookie },
      });
      assert.equal(answer.status, status);
      assert.equal(answer.headers.get("cache-control"), "no-store");
      assert.equal(answer.headers.get("vary"), "Cookie, Authorization, Origin");
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff");
    }
  });

  test("SEC28 refuses with a problem document that has the request's id and nothing of the inside", async () => {
    const answer = await fetch(`${base}/api/x/tasks`, { headers: { "x-request-id": "abc-1" } });
    assert.equal(answer.status, 401);
    assert.equal(answer.headers.get("content-type"), "application/problem+json");
    assert.equal(answer.headers.get("www-authenticate"), 'Session realm="tasks"');
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.deepEqual(await answer.json(), {
      type: "https://github.com/sallyport/sallyport/blob/main/docs/errors.md#credentials_missing",
      title: "Authentication required",
      status: 401,
      detail: "The request carries no credential.",
      error_code: "credentials_missing",
      message: "Authentication required",
      request_id: "abc-1",
    });
  });

  test("a bad credential is challenged as invalid (RFC 6750 3.1)", async () => {
    const headers = { cookie: "better-auth.session_token=x" };
    const answer = await fetch(`${base}/api/x/tasks`, { headers });
    assert.equal(answer.status, 401);
    assert.equal(
      answer.headers.get("www-authenticate"),
      'Session realm="tasks", error="invalid_token"',
    );
  });

  test("SEC19 no method passes unguarded", async () => {
    for (const method of ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"]) {
      const answer = await fetch(`${base}/api/x/tasks`, { method });
      assert.equal(answer.status, 401, method);
      if (method === "HEAD") assert.equal(await answer.text(), "");
    }
  });

  test("SEC18 the guard and the route see one and the same owner", async () => {
    const [ada, bob] = [await authority.signUp("ada"), await authority.signUp("bob")];
    const get = async (path: string) => {
      const answer = await fetch(`${base}${path}`, { headers: { cookie: ada.cookie } });
      return { status: answer.status, text: await answer.text() };
    };
    const [first, ...rest] = ada.userId;
    const encoded = `%${first?.charCodeAt(0).toString(16)}${rest.join("")}`;
    assert.equal(
      (await get(`/api/${encoded}/tasks`)).status,
      200,
      "encoded once it is the same id",
    );
    for (const owner of [
      bob.userId,
      `%25${encoded.slice(1)}`,
      `${ada.userId}%00`,
      `${ada.userId}%2f..%2f${bob.userId}`,
      `${ada.userId};${bob.userId}`,
      `${ada.userId}%20`,
    ]) {
      const { status, text } = await get(`/api/${owner}/tasks`);
      assert.equal(status, 403, owner);
      assert.ok(!text.includes(bob.userId));
    }
    assert.equal((await get("/api/%zz/tasks")).status, 400);
  });

  test("a refusal is handed to the log with its reason and the caller", async () => {
    const user = await authority.signUp("logged");
    denied.length = 0;
    await fetch(`${base}/api/another/tasks`, { headers: { cookie: user.cookie } });
    assert.deepEqual(denied, [{ code: "user_mismatch", scheme: "session", userId: user.userId }]);
  });
});

test("an outage is 503 with Retry-After, and the route does not run", async () => {
  const authority = await serve((_, response) => void response.writeHead(500).end());
  const guard = createGuard({ schemes: [betterAuthSession({ url: authority.url })] });
  const app = new Hono();
  let runs = 0;
  app.use("/api/*", protect(guard));
  app.post("/api/tasks", (c) => c.json({ runs: ++runs }));
  const cookie = `better-auth.session_token=${"t".repeat(32)}.${"s".repeat(43)}=`;
  const answer = await app.request("/api/tasks", { method: "POST", headers: { cookie } });
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.equal(runs, 0);
  await guard.close();
  await authority.close();
});
