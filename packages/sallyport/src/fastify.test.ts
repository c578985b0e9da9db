import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, type OutgoingHttpHeaders } from "node:http2";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import { fastify } from "fastify";
import { adapterContract } from "../test/adapter-contract.ts";
import { patientMs } from "../test/auth-server.ts";
import { startFastify } from "../test/backends/fastify.ts";
import { outageLab } from "../test/outage-lab.ts";
import { protect } from "./fastify.ts";
import { betterAuthSession, createGuard, type Failure, type Guard } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

adapterContract("Fastify", startFastify);
outageLab("Fastify", startFastify);

describe("a Fastify application of one's own", () => {
  const denied: { failure: Failure; url: string; requestId: string }[] = [];
  const app = fastify({ forceCloseConnections: true, genReqId: () => "abc-1" });
  let auth: FakeBetterAuth;
  let guard: Guard;
  let origin: string;

  before(async () => {
    auth = await fakeBetterAuth();
    guard = createGuard({ schemes: [betterAuthSession({ url: auth.url, deadlineMs: patientMs })] });
    app.register(
      async (scope) => {
        const onDenied = (failure: Failure, { url }: { url: string }, requestId: string) =>
          void denied.push({ failure, url, requestId });
        scope.addHook("onRequest", protect(guard, { owner: "user_id", onDenied }));
        scope.setNotFoundHandler((_request, reply) => reply.code(404).send("not found"));
        scope.addHook("onSend", async (_request, reply) => void reply.header("vary", "Accept"));
        scope.post("/tasks", ({ auth }) => ({ user: auth.user.userId }));
        scope.get("/public", (_request, reply) =>
          reply.header("cache-control", "public, max-age=60").send("for everyone"),
        );
        scope.get("/stream", (_request, reply) => reply.send(Readable.from(["a", "b"])));
        scope.get("/hijack", (_request, reply) => {
          reply.hijack();
          reply.raw.setHeader("Vary", "Early");
          reply.raw.writeHead(200, "Fine", [
            "Vary",
            "Accept",
            "Set-Cookie",
            "a=1",
            "Set-Cookie",
            "b=2",
          ]);
          reply.raw.end("by hand");
        });
        scope.get("/bug", () => {
          throw new Error("a bug");
        });
      },
      { prefix: "/api/:user_id" },
    );
    app.register(async (scope) => {
      scope.addHook("onRequest", protect(guard));
      scope.get("/me", ({ auth }) => ({ user: auth.user.userId }));
      scope.register(async (inner) => {
        inner.addHook("onRequest", protect(guard, { owner: "misspelt" }));
        inner.get("/misspelt/:user_id", () => "let in");
      });
    });
    origin = await app.listen({ port: 0, host: "127.0.0.1" });
  });
  after(async () => {
    await app.close();
    await guard.close();
    await auth.close();
  });

  test("a refusal carries Fastify's request id, and is handed to the log with its reason", async () => {
    const ada = auth.signIn();
    denied.length = 0;
    const headers = { cookie: ada.cookie };
    const answer = await fetch(`${origin}/api/another/tasks`, { method: "POST", headers });
    assert.equal((await answer.json()).request_id, "abc-1");
    const failure = { code: "user_mismatch", scheme: "session", userId: ada.user.id };
    assert.deepEqual(denied, [{ failure, url: "/api/another/tasks", requestId: "abc-1" }]);
  });

  test("nobody's body is read before the guard has let its sender in", async () => {
    const post = async (headers: Record<string, string>, userId: string) => {
      const type = { "content-type": "application/json" };
      const init = { method: "POST", headers: { ...type, ...headers }, body: "{" };
      return (await fetch(`${origin}/api/${userId}/tasks`, init)).status;
    };
    const ada = auth.signIn();
    assert.equal(await post({}, ada.user.id), 401);
    assert.equal(await post({ cookie: ada.cookie }, ada.user.id), 400);
  });

  test("SEC19 with setNotFoundHandler, the 404s of the scope are behind the guard, too", async () => {
    const ada = auth.signIn();
    const headers = { cookie: ada.cookie };
    assert.equal((await fetch(`${origin}/api/${ada.user.id}/nothing`)).status, 401);
    assert.equal((await fetch(`${origin}/api/another/nothing`, { headers })).status, 403);
    assert.equal((await fetch(`${origin}/api/${ada.user.id}/nothing`, { headers })).status, 404);
  });

  test("SEC28 no way to answer loses the headers, and a handler's Vary is kept", async () => {
    const ada = auth.signIn();
    for (const [path, status] of [
      ["public", 200],
      ["stream", 200],
      ["hijack", 200],
      ["bug", 500],
      ["nothing", 404],
    ] as const) {
      const headers = { cookie: ada.cookie };
      const answer = await fetch(`${origin}/api/${ada.user.id}/${path}`, { headers });
      assert.equal(answer.status, status, path);
      assert.equal(answer.headers.get("cache-control"), "no-store", path);
      assert.equal(answer.headers.get("vary"), "Accept, Cookie, Authorization, Origin", path);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff", path);
      assert.deepEqual(answer.headers.getSetCookie(), path === "hijack" ? ["a=1", "b=2"] : []);
      assert.equal(answer.statusText === "Fine", path === "hijack");
    }
  });

  test("requests at the same time each see their own caller", async () => {
    const callers = Array.from({ length: 20 }, () => auth.signIn());
    const users = callers.map(async ({ cookie }) =>
      (await fetch(`${origin}/me`, { headers: { cookie } })).json(),
    );
    assert.deepEqual(
      await Promise.all(users),
      callers.map(({ user }) => ({ user: user.id })),
    );
  });

  test("an owner that the route does not name lets nobody in", async () => {
    const ada = auth.signIn();
    const headers = { cookie: ada.cookie };
    assert.equal((await fetch(`${origin}/misspelt/${ada.user.id}`, { headers })).status, 403);
  });
});

test("a Fastify application over HTTP/2 is guarded alike", async () => {
  const auth = await fakeBetterAuth();
  const guard = createGuard({
    schemes: [betterAuthSession({ url: auth.url, deadlineMs: patientMs })],
  });
  const app = fastify({ http2: true });
  app.addHook("onRequest", protect(guard));
  app.get("/me", ({ auth }) => ({ user: auth.user.userId }));
  const session = connect(await app.listen({ port: 0, host: "127.0.0.1" }));
  const statusOf = async (headers: OutgoingHttpHeaders) => {
    const stream = session.request({ ":path": "/me", ...headers });
    const [answer] = await once(stream.resume(), "response");
    return answer[":status"];
  };
  try {
    assert.equal(await statusOf({ cookie: auth.signIn().cookie }), 200);
    assert.equal(await statusOf({}), 401);
  } finally {
    session.destroy();
    await app.close();
    await guard.close();
    await auth.close();
  }
});
