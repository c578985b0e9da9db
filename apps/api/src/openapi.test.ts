import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { createLog } from "@sallyport/server";
import { type Route, unprotectedRoutes } from "sallyport/testing";
import { createApp } from "../src/app.ts";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import { createOpenapiDocument } from "./openapi.ts";
import { createTaskRepository } from "./task-repository.ts";

const openapiDocument = createOpenapiDocument("session");

describe("the OpenAPI document", () => {
  let api: ApiServer;

  before(async () => {
    api = await startApiServer();
  });
  after(() => api.stop());

  it("is served to anyone", async () => {
    const { status, json } = await api.send({ path: "/openapi.json" });
    assert.equal(status, 200);
    assert.deepEqual(json, JSON.parse(JSON.stringify(openapiDocument)));
  });

  it("names every route of the app but those of the page about it, and no other", () => {
    const app = createApp({
      guard: api.guard,
      tasks: createTaskRepository(api.storage.db),
      isReady: api.storage.isUp,
      authMode: "session",
      trustedOrigins: [],
      log: createLog("api", "silent"),
    });
    const served = app.routes
      .filter(({ method, path }) => method !== "ALL" && !/^\/docs(\/|$)/.test(path))
      .map(({ method, path }) => `${method} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
    const documented = Object.entries(openapiDocument.paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations).map((method) => `${method.toUpperCase()} ${path}`),
    );
    assert.deepEqual([...new Set(served)].sort(), documented.sort());
  });

  it("SEC19 calls public what answers without a credential, and nothing else", async () => {
    const routes = Object.entries(openapiDocument.paths ?? {}).flatMap(([path, operations]) =>
      Object.keys(operations).map(
        (method): Route => [method.toUpperCase(), path.replaceAll(/{\w+}/g, "somebody")],
      ),
    );
    assert.deepEqual(await unprotectedRoutes(`http://localhost:${api.port}`, routes), [
      ["GET", "/healthz"],
      ["GET", "/readyz"],
      ["GET", "/openapi.json"],
    ]);
  });

  for (const [mode, name, scheme] of [
    ["session", "session", { type: "apiKey", in: "cookie" }],
    ["jwt", "token", { type: "http", scheme: "bearer" }],
  ] as const) {
    it(`wants the credential of ${mode} mode on exactly the routes behind the guard`, () => {
      const { paths = {}, components } = createOpenapiDocument(mode);
      for (const [path, operations] of Object.entries(paths)) {
        for (const operation of Object.values(operations)) {
          const security = path.startsWith("/api/") ? [{ [name]: [] }] : undefined;
          assert.deepEqual(operation.security, security, path);
        }
      }
      assert.deepEqual(Object.keys(components?.securitySchemes ?? {}), [name]);
      assert.partialDeepStrictEqual(components?.securitySchemes?.[name], scheme);
    });
  }
});
