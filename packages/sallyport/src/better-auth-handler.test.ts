import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { test } from "node:test";
import { serviceKey, startBetterAuth } from "../test/auth-server.ts";
import { sign } from "../test/session-look-ups.ts";
import { handleSessionLookUps } from "./better-auth.ts";

test("the handler answers at Better Auth's own address, wherever that is", async (t) => {
  for (const [path, settings] of Object.entries({
    "/api/auth": {},
    "/auth": { baseURL: "http://127.0.0.1/auth" },
    "/auth/of": { baseURL: "http://127.0.0.1/auth/of/" },
    "/identity": { basePath: "/identity" },
    "/id": { basePath: "id/" },
    "": { basePath: "/" },
    "/api/auth?": { baseURL: { allowedHosts: ["127.0.0.1:*"] } },
    "/hosts": { baseURL: { allowedHosts: ["127.0.0.1:*"] }, basePath: "/hosts" },
  })) {
    const server = await startBetterAuth({ answersBatchesFirst: true, settings });
    t.after(server.close);
    const url = `${server.origin}${path.replace("?", "")}/sallyport/sessions`;
    const post = (headers: Record<string, string>) =>
      fetch(url, {
        method: "POST",
        headers: { "x-sallyport-key": serviceKey, ...headers },
        body: JSON.stringify({ sessions: [sign("t".repeat(32))] }),
      });
    assert.equal((await post({ "content-type": "application/json" })).status, 200, url);
    // The router would have refused it with 403, for want of an origin.
    assert.equal((await post({ cookie: "theme=dark" })).status, 400, url);
  }
});

test("what somebody else has read the body of is left to Better Auth's own handler", async (t) => {
  const { auth, close } = await startBetterAuth();
  t.after(close);
  const handle = handleSessionLookUps(auth);
  const server = createServer(async (request, response) => {
    await text(request);
    response.end(String(await handle(request, response)));
  }).listen(0, "127.0.0.1");
  t.after(() => server.close());
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  const answer = await fetch(`http://127.0.0.1:${port}/api/auth/sallyport/sessions`, {
    method: "POST",
    headers: { "x-sallyport-key": serviceKey, "content-type": "application/json" },
    body: JSON.stringify({ sessions: [sign("t".repeat(32))] }),
  });
  assert.equal(await answer.text(), "false");
});
