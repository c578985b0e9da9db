import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../../test/api-server.ts";

describe("the page to try the api in", () => {
  let api: ApiServer;
  let html: string;
  let named: string[];

  before(async () => {
    api = await startApiServer();
    html = await (await get("/docs")).text();
    named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = ""]) => path);
  });
  after(() => api.stop());

  const get = (path: string, init?: RequestInit) =>
    fetch(`http://localhost:${api.port}${path}`, init);

  it("SEC30 is served to anyone, under a policy that allows no other host, no inline code and no frame", async () => {
    const { status, headers } = await get("/docs?user_id=%3Cscript%3E");
    assert.equal(status, 200);
    assert.equal(headers.get("content-type"), "text/html; charset=UTF-8");
    assert.equal(headers.get("cache-control"), "no-store");
    assert.equal(headers.get("referrer-policy"), "no-referrer");
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
    assert.match(policy, /frame-ancestors 'none'/);
    assert.doesNotMatch(policy, /unsafe|http|\*/);
    assert.doesNotMatch(html, /<script>|<style|\sstyle=|\son\w+=|http/);
  });

  it("names files of its own server alone, and each is there with its type", async () => {
    assert.deepEqual(
      await Promise.all(
        named.map(async (path) => {
          const { status, headers } = await get(path);
          return [status, headers.get("content-type"), headers.get("x-content-type-options")];
        }),
      ),
      [
        [200, "image/png", "nosniff"],
        [200, "text/css; charset=utf-8", "nosniff"],
        [200, "text/javascript; charset=utf-8", "nosniff"],
        [200, "text/javascript; charset=utf-8", "nosniff"],
      ],
    );
  });

  it("lets the files of Swagger UI be kept for a year, under the address of their version", async () => {
    for (const path of named) {
      const cacheControl = (await get(path)).headers.get("cache-control");
      const isOfPackage = /^\/docs\/\d+\.\d+\.\d+\//.test(path);
      assert.equal(isOfPackage, path !== "/docs/start.js");
      assert.equal(
        cacheControl,
        isOfPackage ? "public, max-age=31536000, immutable" : "no-store",
        path,
      );
    }
  });

  it("offers no other file, and no other method", async () => {
    const folder = named[0]?.slice(0, named[0].lastIndexOf("/") + 1);
    for (const path of [
      `${folder}swagger-ui-bundle.js.map`,
      `${folder}package.json`,
      `${folder}index.html`,
      `${folder}..%2f..%2f..%2fpackage.json`,
      "/docs/",
      "/docs/start.js/",
      "/docs/1.0.0/swagger-ui.css",
    ]) {
      assert.equal((await get(path)).status, 404, path);
    }
    for (const path of ["/docs", ...named]) {
      const refused = await get(path, { method: "POST" });
      assert.equal(refused.status, 405, path);
      assert.equal(refused.headers.get("allow"), "GET, HEAD");
    }
  });
});
