import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import * as z from "zod";
import { type Account, signUp } from "./account.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const taskPage = z.object({
  tasks: z.array(z.object({ title: z.string() })),
  next_cursor: z.string().nullable(),
});

let system: TestSystem;
let ada: Account;

before(async () => {
  system = await startTestSystem();
  ada = await signUp(system.webUrl, "ada");
});
after(() => system.stop());

/** Writes one after the other until the api is gone; the titles that it acknowledged. */
async function writeUntilGone(name: string, kill: () => void): Promise<string[]> {
  const acknowledged: string[] = [];
  for (;;) {
    const title = `${name} ${acknowledged.length}`;
    const answer = await fetch(`${system.apiUrl}/api/${ada.userId}/tasks`, {
      method: "POST",
      headers: { "content-type": "application/json", cookie: ada.cookie },
      body: JSON.stringify({ title }),
    }).catch(() => undefined);
    // Behind a proxy it is the proxy that says so.
    if (answer === undefined || answer.status === 503) return acknowledged;
    assert.equal(answer.status, 201);
    acknowledged.push(title);
    if (acknowledged.length === 10) kill();
  }
}

async function allTitles(): Promise<Set<string>> {
  const titles = new Set<string>();
  const path = `/api/${ada.userId}/tasks?limit=100`;
  for (let next: string | undefined = path; next !== undefined; ) {
    const answer: Response = await fetch(`${system.apiUrl}${next}`, {
      headers: { cookie: ada.cookie },
    });
    assert.equal(answer.status, 200);
    const page = taskPage.parse(await answer.json());
    for (const { title } of page.tasks) titles.add(title);
    next = page.next_cursor === null ? undefined : `${path}&cursor=${page.next_cursor}`;
  }
  return titles;
}

test("no acknowledged task is lost when the api is killed in the middle of writes", async () => {
  let gone: Promise<void> | undefined;
  const kill = () => {
    gone ??= system.api.kill();
  };
  const writers = ["a", "b", "c"].map((name) => writeUntilGone(name, kill));
  const acknowledged = await Promise.all(writers);
  await gone;
  await system.api.start();
  const titles = await allTitles();
  for (const title of acknowledged.flat()) assert.ok(titles.has(title), title);
});

test("a session outlives a kill of the web app", async () => {
  await system.web.kill();
  await system.web.start();
  const answer = await fetch(`${system.webUrl}/api/auth/get-session`, {
    headers: { cookie: ada.cookie },
  });
  const { user } = (await answer.json()) as { user: { id: string } };
  assert.equal(user.id, ada.userId);
});
