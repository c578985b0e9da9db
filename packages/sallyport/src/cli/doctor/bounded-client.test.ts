import assert from "node:assert/strict";
import type { RequestListener } from "node:http";
import { type TestContext, test } from "node:test";
import { serve } from "../../../test/auth-server.ts";
import { createBoundedClient, NoAnswer } from "./bounded-client.ts";
import { Unchecked } from "./finding.ts";

async function start(t: TestContext, listener: RequestListener, bounds = {}) {
  const seen: (string | undefined)[] = [];
  const server = await serve((request, response) => {
    seen.push(request.url);
    listener(request, response);
  });
  const client = createBoundedClient({
    origins: [server.url],
    maxRequests: 10,
    deadlineMs: 10_000,
    stop: new AbortController().signal,
    ...bounds,
  });
  t.after(client.close);
  t.after(server.close);
  return { ...server, client, seen };
}

test("talks to no host but those that were named, and follows no redirect", async (t) => {
  const elsewhere = await start(t, (_request, response) => response.end());
  const { url, client } = await start(t, (_request, response) => {
    response.writeHead(302, { location: `${elsewhere.url}/` }).end();
  });
  await assert.rejects(client.request(`${elsewhere.url}/`), /is no host that was named/);
  assert.equal((await client.request(`${url}/`)).status, 302);
  assert.deepEqual(elsewhere.seen, []);
});

test("sends no more requests than it may, but for tidying up", async (t) => {
  const { url, client, seen } = await start(t, (_request, response) => response.end("null"), {
    maxRequests: 2,
  });
  await client.request(`${url}/1`);
  await client.request(`${url}/2`);
  await assert.rejects(client.request(`${url}/3`), new Unchecked("all requests are spent"));
  assert.equal((await client.request(`${url}/last`, {}, "last")).status, 200);
  assert.deepEqual(seen, ["/1", "/2", "/last"]);
});

test("ends what is under way when its time is up, but not what tidies up", async (t) => {
  const stop = new AbortController();
  const { url, client } = await start(
    t,
    ({ url: path }, response) => {
      if (path === "/hangs") stop.abort();
      else response.end("null");
    },
    { stop: stop.signal },
  );
  await assert.rejects(client.request(`${url}/hangs`), new Unchecked("the time is up"));
  await assert.rejects(client.request(`${url}/`), new Unchecked("the time is up"));
  assert.equal((await client.request(`${url}/last`, {}, "last")).status, 200);
});

test("has the answer to what has to be tidied up, though its time is up meanwhile", async (t) => {
  const stop = new AbortController();
  const { url, client } = await start(
    t,
    (_request, response) => {
      stop.abort();
      response.end("null");
    },
    { stop: stop.signal },
  );
  assert.equal((await client.request(`${url}/`, {}, "whole")).status, 200);
  await assert.rejects(client.request(`${url}/`, {}, "whole"), new Unchecked("the time is up"));
});

test("takes no answer without end", async (t) => {
  const { url, client } = await start(t, (_request, response) => {
    const chunk = Buffer.alloc(64 * 1024);
    const write = () => {
      while (response.write(chunk));
      response.once("drain", write);
    };
    write();
  });
  const request = client.request(`${url}/`);
  await assert.rejects(request, (error) => {
    assert.ok(error instanceof NoAnswer);
    assert.equal(error.reason, "its answer is too long");
    return true;
  });
});
