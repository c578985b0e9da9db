import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { openBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { fillList } from "./dashboard.ts";
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

test("a long list is read page by page, the keyboard at the first new task, and going back after a sign-out shows nothing of it", async () => {
  const page = await signUpInBrowser(await browser.newContext(), system.webUrl, "ada");
  await fillList(page, system, 55);
  assert.equal(await page.getByRole("listitem").count(), 50);
  await page.getByRole("button", { name: "Load more" }).press("Enter");
  await taskNamed(page, "Task 1.").waitFor();
  await page
    .getByRole("checkbox", { name: "Task 5.", exact: true })
    .and(page.locator(":focus"))
    .waitFor();
  assert.equal(await page.getByRole("listitem").count(), 55);

  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${system.webUrl}/sign-in`);
  const returned = page.waitForEvent("load");
  await page.goBack({ waitUntil: "commit" });
  await returned;
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  assert.equal(await page.getByText("Task 1.").count(), 0);
});
