import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { Readable } from "node:stream";
import { after, before, describe, test } from "node:test";
import express, { type Response as ExpressResponse, type RequestHandler, Router } from "express";
import { adapterContract } from "../test/adapter-contract.ts";
import { patientMs } from "../test/auth-server.ts";
import { startExpress } from "../test/backends/express.ts";
import { outageLab } from "../test/outage-lab.ts";
import { protect } from "./express.ts";
import { betterAuthSession, createGuard, type Failure, type Guard } from "./index.ts";
import { type FakeBetterAuth, fakeBetterAuth } from "./testing.ts";

adapterContract("Express", startExpress);
outageLab("Express", startExpress);

describe("an Express application of one's own", () => {
  const denied: { failure: Failure; url: string; requestId: string }[] = [];
  const errors: unknown[] = [];
  let auth: FakeBetterAuth;
  let guard: Guard;
  let server: Server;
  let origin: string;
  let atWork: ExpressResponse;

  before(async () => {
    auth = await fakeBetterAuth();
    guard = createGuard({ schemes: [betterAuthSession({ url: auth.url, deadlineMs: patientMs })] });
    const app = express().set("env", "production");
    /** As pino-http does. */
    const identify: RequestHandler = (req, res, next) => {
      atWork = res;
      next(void Object.assign(req, { id: req.get("x-request-id") }));
    };
    const onDenied = (failure: Failure, req: { originalUrl: string }, requestId: string) =>
      void denied.push({ failure, url: req.originalUrl, requestId });
    const owned = protect(guard, { owner: "user_id", onDenied });
    app.use(identify);
    app.use("/api/:user_id", owned);
    app.get("/api/:user_id/public", (_req, res) => {
      res.vary("Accept").set("Cache-Control", "public, max-age=60").send("for everyone");
    });
    app.get("/api/:user_id/file", (_req, res) => {
      res.vary("Accept").sendFile(import.meta.filename);
    });
    app.get("/api/:user_id/stream", (_req, res) => {
      res.setHeader("Vary", "Accept");
      Readable.from(["a", "b"]).pipe(res);
    });
    app.get("/api/:user_id/by-hand", (_req, res) => {
      res
        .vary("Early")
        .writeHead(200, "Fine", ["Vary", "Accept", "Set-Cookie", "a=1", "Set-Cookie", "b=2"]);
      res.end();
    });
    app.get("/api/:user_id/bug", (_req, res) => {
      res.vary("Accept");
      throw new Error("a bug");
    });
    app.get("/me", protect(guard), (req, res) => void res.json({ user: req.auth.user.userId }));
    app.use("/merged/:user_id", Router({ mergeParams: true }).use(owned));
    app.use("/lost/:user_id", Router().use(owned));
    app.use("/many/*user_id", owned);
    app.use(/^\/any\/[^/]+/, protect(guard));
    app.use((error: unknown, _req: unknown, _res: unknown, next: (error: unknown) => void) => {
      errors.push(error);
      next(error);
    });
    server = createServer(app).listen(0, "127.0.0.1");
    await once(server, "listening");
    origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await guard.close();
    await auth.close();
  });

  test("a refusal carries the id that a middleware gave the request, else a random one", async () => {
    const ada = auth.signIn();
    denied.length = 0;
    const headers = { cookie: ada.cookie, "x-request-id": "abc-1" };
    const answer = await fetch(`${origin}/api/another/tasks`, { headers });
    assert.equal((await answer.json()).request_id, "abc-1");
    const failure = { code: "user_mismatch", scheme: "session", userId: ada.user.id };
    assert.deepEqual(denied, [{ failure, url: "/api/another/tasks", requestId: "abc-1" }]);

    const other = await fetch(`${origin}/api/another/tasks`);
    assert.match((await other.json()).request_id, /^[\da-f-]{36}$/);
  });

  test("SEC28 no way to answer loses the headers, and a handler's Vary is kept", async () => {
    const ada = auth.signIn();
    for (const [path, status, vary] of [
      ["public", 200, "Accept, "],
      ["file", 200, "Accept, "],
      ["stream", 200, "Accept, "],
      ["by-hand", 200, "Accept, "],
      ["bug", 500, "Accept, "],
      ["nothing", 404, ""],
    ] as const) {
      const headers = { cookie: ada.cookie };
      const answer = await fetch(`${origin}/api/${ada.user.id}/${path}`, { headers });
      assert.equal(answer.status, status, path);
      assert.equal(answer.headers.get("cache-control"), "no-store", path);
      assert.equal(answer.headers.get("vary"), `${vary}Cookie, Authorization, Origin`, path);
      assert.equal(answer.headers.get("x-content-type-options"), "nosniff", path);
      assert.deepEqual(answer.headers.getSetCookie(), path === "by-hand" ? ["a=1", "b=2"] : []);
      assert.equal(answer.statusText === "Fine", path === "by-hand");
    }
  });

  test("SEC19 the guard stands before 404s and OPTIONS below its prefix", async () => {
    for (const method of ["GET", "OPTIONS"]) {
      assert.equal((await fetch(`${origin}/api/somebody`, { method })).status, 401);
      assert.equal((await fetch(`${origin}/api/somebody/a/b`, { method })).status, 401);
    }
  });

  test("SEC18 an owner that the guard cannot see, or that is a list, lets nobody in", async () => {
    const ada = auth.signIn();
    for (const [prefix, status] of [
      ["merged", 404],
      ["lost", 403],
      ["many", 403],
    ] as const) {
      const headers = { cookie: ada.cookie };
      const answer = await fetch(`${origin}/${prefix}/${ada.user.id}`, { headers });
      assert.equal(answer.status, status, prefix);
    }
  });

  test("SEC18 the guard sees the whole path, the part it is mounted at included", async () => {
    const answer = await fetch(`${origin}/any/%zz/tasks`);
    assert.equal(answer.status, 400);
    assert.equal((await answer.json()).error_code, "malformed_request");
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

  test("an application that answered while the guard was asking is left alone", async () => {
    const ada = auth.signIn();
    errors.length = 0;
    await auth.fail((_request, response) => {
      atWork.sendStatus(504);
      response.end("null");
    });
    const answer = await fetch(`${origin}/me`, { headers: { cookie: ada.cookie } });
    assert.equal(answer.status, 504);
    await auth.recover();
    assert.equal((await fetch(`${origin}/me`, { headers: { cookie: ada.cookie } })).status, 200);
    assert.deepEqual(errors, []);
  });
});
