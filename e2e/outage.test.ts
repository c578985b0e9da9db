import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { addTask, openBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

let system: TestSystem;
let browser: Browser;

before(async () => {
  system = await startTestSystem();
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await system.stop();
});

test("SEC14 an outage of Better Auth shows a banner, keeps page and text, and ends without a sign-in", async () => {
  const context = await browser.newContext();
  const page = await signUpInBrowser(context, system.webUrl, "ada");
  await addTask(page, "before the outage");
  await taskNamed(page, "before the outage").waitFor();
  const cookies = await context.cookies();

  await system.web.stop();
  const refused = page.waitForResponse((response) => response.url().includes("/tasks"));
  await addTask(page, "during the outage");
  assert.equal((await refused).status(), 503);
  assert.match((await refused).headers()["retry-after"] ?? "", /^[1-9]\d*$/);
  await page.getByText("Your work is kept on this page").waitFor();
  assert.equal(page.url(), `${system.webUrl}/dashboard`);
  await taskNamed(page, "before the outage").waitFor();
  assert.equal(await page.getByLabel("What is to be done?").inputValue(), "during the outage");

  await system.web.start();
  await untilAuthorityAnswers(page.url(), cookies);
  await page.getByRole("button", { name: "Try again" }).click();
  await taskNamed(page, "during the outage").waitFor();
  assert.equal(page.url(), `${system.webUrl}/dashboard`);
  assert.deepEqual(await context.cookies(), cookies);
  await page.reload();
  await taskNamed(page, "during the outage").waitFor();
  await context.close();
});

/** The guard looks again at most a second after its breaker opened. */
async function untilAuthorityAnswers(page: string, cookies: { name: string; value: string }[]) {
  const deadline = AbortSignal.timeout(5_000);
  const cookie = cookies.map(({ name, value }) => `${name}=${value}`).join("; ");
  const session = await fetch(new URL("/api/auth/get-session", page), { headers: { cookie } });
  const { user } = (await session.json()) as { user: { id: string } };
  for (;;) {
    const answer = await fetch(`${system.apiUrl}/api/${user.id}/tasks`, {
      headers: { cookie },
      signal: deadline,
    });
    await answer.body?.cancel();
    if (answer.status === 200) return;
    assert.equal(answer.status, 503);
  }
}

test("SEC14 an outage of the api is told on the page, which stays", async () => {
  const context = await browser.newContext();
  const page = await signUpInBrowser(context, system.webUrl, "bob");
  await system.api.stop();
  await addTask(page, "nobody listens");
  await page.getByRole("button", { name: "Try again" }).waitFor();
  const reloaded = await context.newPage();
  await reloaded.goto(`${system.webUrl}/dashboard`);
  await reloaded.getByRole("button", { name: "Try again" }).waitFor();
  await system.api.start();
  await page.getByRole("button", { name: "Try again" }).click();
  await taskNamed(page, "nobody listens").waitFor();
  // It looks again by itself.
  await taskNamed(reloaded, "nobody listens").waitFor();
  await context.close();
});
