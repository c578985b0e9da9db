import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { Hono } from "hono";
import { requestId } from "hono/request-id";
import { adapterContract } from "../test/adapter-contract.ts";
import { patientMs } from "../test/auth-server.ts";
import { startHono } from "../test/backends/hono.ts";
import { outageLab } from "../test/outage-lab.ts";
import { type ProtectVariables, protect } from "./hono.ts";
import { betterAuthSession, createGuard, type Failure, type Guard } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

adapterContract("Hono", startHono);
outageLab("Hono", startHono);

describe("a Hono application of one's own", () => {
  const denied: { failure: Failure; path: string; requestId: string }[] = [];
  const app = new Hono<{ Variables: ProtectVariables }>();
  let auth: FakeBetterAuth;
  let guard: Guard;

  before(async () => {
    auth = await fakeBetterAuth();
    guard = createGuard({ schemes: [betterAuthSession({ url: auth.url, deadlineMs: patientMs })] });
    app.use("/api/*", requestId());
    app.use(
      "/api/:user_id/*",
      protect(guard, {
        owner: "user_id",
        onDenied: (failure, c, requestId) => denied.push({ failure, path: c.req.path, requestId }),
      }),
    );
    app.get("/api/:user_id/raw", () => fetch(auth.origin));
    app.use("/me", protect(guard));
    app.get("/me", (c) => c.json({ user: c.var.auth.user.userId }));
  });
  after(async () => {
    await guard.close();
    await auth.close();
  });

  test("a refusal carries the id of the request-id middleware, else a random one", async () => {
    const ada = auth.signIn();
    const headers = { cookie: ada.cookie, "x-request-id": "abc-1" };
    const answer = await app.request("/api/another/tasks", { headers });
    assert.equal((await answer.json()).request_id, "abc-1");
    const failure = { code: "user_mismatch", scheme: "session", userId: ada.user.id };
    assert.deepEqual(denied, [{ failure, path: "/api/another/tasks", requestId: "abc-1" }]);

    const other = await app.request("/me", { headers: { "x-request-id": "abc-1" } });
    assert.match((await other.json()).request_id, /^[\da-f-]{36}$/);
  });

  test("SEC28 an answer whose headers cannot be set is marked as one caller's own, too", async () => {
    const { user, cookie } = auth.signIn();
    const answer = await app.request(`/api/${user.id}/raw`, { headers: { cookie } });
    assert.equal(answer.status, 404);
    assert.equal(answer.headers.get("cache-control"), "no-store");
    assert.equal(answer.headers.get("vary"), "Cookie, Authorization, Origin");
  });

  test("without an owner, whoever is signed in is let in", async () => {
    const { user, cookie } = auth.signIn();
    const answer = await app.request("/me", { headers: { cookie } });
    assert.deepEqual(await answer.json(), { user: user.id });
  });
});
