import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import * as z from "zod";
import { type Account, signUp } from "../account.ts";
import { startTopology, type Topology } from "./topology.ts";

const taskPage = z.object({ tasks: z.array(z.object({ title: z.string() })) });

let topology: Topology;
let ada: Account;

before(async () => {
  topology = await startTopology();
});
after(() => topology.stop());

function addTask(apiUrl: string, { userId, cookie }: Account, title: string): Promise<Response> {
  return fetch(`${apiUrl}/api/${userId}/tasks`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify({ title }),
  });
}

async function titlesOf(apiUrl: string, { userId, cookie }: Account): Promise<Set<string>> {
  const answer = await fetch(`${apiUrl}/api/${userId}/tasks?limit=100`, { headers: { cookie } });
  assert.equal(answer.status, 200);
  return new Set(taskPage.parse(await answer.json()).tasks.map(({ title }) => title));
}

test("who signs up at one instance is known to the others, and so is what is written", async () => {
  ada = await signUp(topology.origin, "ada");
  for (const { url } of topology.web) {
    const answer = await fetch(`${url}/api/auth/get-session`, { headers: { cookie: ada.cookie } });
    assert.equal(
      z.object({ user: z.object({ id: z.string() }) }).parse(await answer.json()).user.id,
      ada.userId,
    );
  }
  for (const { url } of topology.api) assert.equal((await addTask(url, ada, url)).status, 201);
  for (const { url } of topology.api) {
    const titles = await titlesOf(url, ada);
    for (const instance of topology.api) assert.ok(titles.has(instance.url));
  }
});

test("with one instance of each killed in the middle, nothing that was acknowledged is lost, and all goes on", async () => {
  const [web] = topology.web;
  const [api] = topology.api;
  assert.ok(web && api);
  const acknowledged: string[] = [];
  let killed: Promise<unknown> | undefined;
  let acknowledgedInARow = 0;
  // Until the proxy asks those alone that are left.
  for (let turn = 0; turn < 30 || acknowledgedInARow < 10; turn++) {
    if (turn === 10) killed = Promise.all([web.kill(), api.kill()]);
    const title = `task ${turn}`;
    // Who was being answered by an instance that is killed may get no answer.
    const answer = await addTask(topology.origin, ada, title).catch(() => undefined);
    assert.ok([201, 503, undefined].includes(answer?.status), `${answer?.status}`);
    if (answer?.status === 201) acknowledged.push(title);
    // As Retry-After asks, if not for as long.
    else await setTimeout(100);
    acknowledgedInARow = answer?.status === 201 ? acknowledgedInARow + 1 : 0;
    assert.ok(turn < 90, "the proxy does not find those that are left");
  }
  await killed;
  assert.equal((await fetch(`${topology.origin}/sign-in`)).status, 200);
  const titles = await titlesOf(topology.origin, ada);
  for (const title of acknowledged) assert.ok(titles.has(title), title);

  await Promise.all([web.start(), api.start()]);
  assert.deepEqual(await titlesOf(api.url, ada), titles);
});

test("with no instance left the proxy says so, with 503 and Retry-After", async () => {
  await Promise.all(topology.api.map((api) => api.kill()));
  const answer = await addTask(topology.origin, ada, "to nobody");
  assert.equal(answer.status, 503);
  assert.equal(answer.headers.get("retry-after"), "1");
  assert.equal(answer.headers.get("content-type"), "application/problem+json");
  assert.equal(z.object({ status: z.int() }).parse(await answer.json()).status, 503);
  await Promise.all(topology.api.map((api) => api.start()));
});

test("the endpoint for backends is not there for the public", async () => {
  const answer = await fetch(`${topology.origin}/api/auth/sallyport/sessions`, { method: "POST" });
  assert.equal(answer.status, 404);
});
