import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { accessibilityFaults } from "./accessibility.ts";
import { addTask, openBrowser, taskNamed } from "./browser.ts";
import { addTasks, newTask, openDashboard as openDashboardOf } from "./dashboard.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const clientScriptBytesAtMost = 180_000;

let system: TestSystem;
let browser: Browser;

before(async () => {
  system = await startTestSystem({ HOST: "127.0.0.1" });
  browser = await openBrowser();
});
after(async () => {
  await browser.close();
  await system.stop();
});

const openDashboard = () => openDashboardOf(browser, system);

const titles = (page: Page) =>
  page.getByRole("listitem").locator("p:first-child").allTextContents();

const day = (offset: number) => {
  const date = new Date();
  date.setDate(date.getDate() + offset);
  const [year, month, dayOfMonth] = [date.getFullYear(), date.getMonth() + 1, date.getDate()];
  return [year, month, dayOfMonth].map((part) => String(part).padStart(2, "0")).join("-");
};

/** The api's answers wait until the returned function is called. */
async function holdAnswers(page: Page): Promise<() => void> {
  const gate = Promise.withResolvers<void>();
  await page.route(`${system.apiUrl}/api/*/tasks**`, async (route) => {
    await gate.promise;
    await route.continue();
  });
  return gate.resolve;
}

test("everything is done by keys: add, move, complete, edit, delete, undo", async () => {
  const page = await openDashboard();
  const { keyboard } = page;
  await newTask(page).focus();
  for (const title of ["Third", "Second", "First"]) {
    await keyboard.type(title);
    await keyboard.press("Enter");
    await taskNamed(page, title).getByRole("button", { name: "Edit" }).waitFor();
  }
  assert.deepEqual(await titles(page), ["First", "Second", "Third"]);
  const focused = () => page.evaluate("document.activeElement?.closest('li')?.innerText");

  await taskNamed(page, "First").getByRole("checkbox").focus();
  await keyboard.press("ArrowDown");
  assert.match(String(await focused()), /^Second/);
  await keyboard.press("Space");
  assert.ok(await taskNamed(page, "Second").getByRole("checkbox").isChecked());

  await keyboard.press("Enter");
  await page.getByLabel("Title").and(page.locator(":focus")).waitFor();
  await keyboard.press("ControlOrMeta+A");
  await keyboard.type("Changed");
  await keyboard.press("Enter");
  await taskNamed(page, "Changed").waitFor();
  assert.match(String(await focused()), /^Changed/);

  await taskNamed(page, "Changed").getByRole("checkbox").focus();
  await keyboard.press("Delete");
  await taskNamed(page, "Changed").waitFor({ state: "detached" });
  assert.match(String(await focused()), /^Third/);
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await keyboard.press("F6");
  await keyboard.press("Tab");
  await keyboard.press("Tab");
  await keyboard.press("Enter");
  await taskNamed(page, "Changed").waitFor();
  assert.deepEqual(await titles(page), ["First", "Changed", "Third"]);
  await page.reload();
  assert.deepEqual(await titles(page), ["First", "Changed", "Third"]);
  assert.ok(await taskNamed(page, "Changed").getByRole("checkbox").isChecked());
  await page.context().close();
});

test("filter and search are in the address: reload, back and a link show the same", async () => {
  const page = await openDashboard();
  await addTasks(page, "Buy milk", "Buy bread", "Call home");
  await taskNamed(page, "Buy bread").getByRole("checkbox").check();
  await page.getByRole("link", { name: "Open" }).click();
  await page.waitForURL(/\?status=open$/);
  await taskNamed(page, "Buy bread").waitFor({ state: "detached" });
  assert.deepEqual(await titles(page), ["Call home", "Buy milk"]);
  await page.getByLabel("Search tasks").fill("BUY");
  await page.waitForURL(/\?status=open&q=BUY$/);
  await taskNamed(page, "Call home").waitFor({ state: "detached" });
  assert.deepEqual(await titles(page), ["Buy milk"]);

  await page.reload();
  assert.deepEqual(await titles(page), ["Buy milk"]);
  assert.equal(await page.getByLabel("Search tasks").inputValue(), "BUY");
  const link = await page.context().newPage();
  await link.goto(page.url());
  assert.deepEqual(await titles(link), ["Buy milk"]);

  await page.getByRole("link", { name: "Done" }).click();
  await taskNamed(page, "Buy bread").waitFor();
  await page.goBack();
  await taskNamed(page, "Buy milk").waitFor();
  await page.goBack();
  await page.waitForURL(`${system.webUrl}/dashboard`);
  await taskNamed(page, "Buy bread").waitFor();
  assert.equal(await page.getByLabel("Search tasks").inputValue(), "");
  await page.getByLabel("Search tasks").fill("100 %");
  await page.getByText("Nothing found").waitFor();
  await page.context().close();
});

test("a day is told as one says it today, and what it has passed is overdue", async () => {
  const page = await openDashboard();
  await page.getByText("Add a date or a description").click();
  for (const [title, due] of [
    ["Late", day(-1)],
    ["Now", day(0)],
    ["Next", day(1)],
  ] as const) {
    await page.getByLabel("Due").fill(due);
    await addTasks(page, title);
  }
  await taskNamed(page, "Late").getByText("Overdue: yesterday").waitFor();
  await taskNamed(page, "Now").getByText("Due today").waitFor();
  await taskNamed(page, "Next").getByText("Due tomorrow").waitFor();
  await page.getByRole("link", { name: "Overdue" }).click();
  await page.waitForURL(/status=overdue/);
  await taskNamed(page, "Now").waitFor({ state: "detached" });
  assert.deepEqual(await titles(page), ["Late"]);
  await taskNamed(page, "Late").getByRole("checkbox").click();
  await page.getByText("Nothing overdue").waitFor();
  await page.context().close();
});

test("a change shows before the api has answered", async () => {
  const page = await openDashboard();
  await addTasks(page, "Second", "First");
  const answer = await holdAnswers(page);
  await addTask(page, "Zeroth");
  await taskNamed(page, "Zeroth").waitFor();
  assert.ok(await taskNamed(page, "Zeroth").getByRole("checkbox").isDisabled());
  assert.equal(await newTask(page).inputValue(), "");
  await taskNamed(page, "First").getByRole("checkbox").check();
  await taskNamed(page, "Second").getByRole("button", { name: "Delete" }).click();
  assert.deepEqual(await titles(page), ["Zeroth", "First"]);
  // Before it is deleted, it is wanted back: the two reach the api in this order.
  await page.getByRole("button", { name: "Undo" }).click();
  await taskNamed(page, "Second").waitFor();
  answer();
  await page.getByText("Restored “Second”.").waitFor({ state: "attached" });
  await page.reload();
  assert.deepEqual(await titles(page), ["Zeroth", "First", "Second"]);
  assert.ok(await taskNamed(page, "First").getByRole("checkbox").isChecked());
  await page.context().close();
});

test("what the api refuses is taken back, with words and with the text", async () => {
  const page = await openDashboard();
  await addTasks(page, "Shared");
  const elsewhere = await page.context().newPage();
  await elsewhere.goto(`${system.webUrl}/dashboard`);
  // This page is told nothing of what the other does.
  await page.evaluate("BroadcastChannel.prototype.postMessage = () => {}");
  await taskNamed(page, "Shared").getByRole("button", { name: "Delete" }).click();
  await page.getByText("Deleted “Shared”.").first().waitFor({ state: "attached" });

  await taskNamed(elsewhere, "Shared").getByRole("button", { name: "Edit" }).click();
  await elsewhere.getByLabel("Title").fill("Shared, and changed");
  await elsewhere.getByRole("button", { name: "Save" }).click();
  await elsewhere.getByText("This task does not exist any more").waitFor();
  assert.equal(await elsewhere.getByLabel("Title").inputValue(), "Shared, and changed");
  await page.context().close();
});

test("what is typed survives a reload, in every open form", async () => {
  const page = await openDashboard();
  await addTasks(page, "Kept");
  await taskNamed(page, "Kept").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Kept, half chang");
  await newTask(page).fill("Half a tas");
  await page.reload();
  assert.equal(await page.getByLabel("Title").inputValue(), "Kept, half chang");
  assert.equal(await newTask(page).inputValue(), "Half a tas");
  await page.getByRole("button", { name: "Cancel" }).click();
  await newTask(page).fill("");
  await page.reload();
  await taskNamed(page, "Kept").waitFor();
  assert.equal(await page.getByLabel("Title").count(), 0);
  assert.equal(await newTask(page).inputValue(), "");
  await page.context().close();
});

test("two tabs stay in step", async () => {
  const page = await openDashboard();
  const other = await page.context().newPage();
  await other.goto(`${system.webUrl}/dashboard`);
  await addTasks(page, "From here");
  await taskNamed(other, "From here").waitFor();
  await taskNamed(other, "From here").getByRole("checkbox").check();
  await page.getByRole("checkbox", { name: "From here", checked: true }).waitFor();
  await taskNamed(page, "From here").getByRole("button", { name: "Delete" }).click();
  await taskNamed(other, "From here").waitFor({ state: "detached" });
  await page.context().close();
});

test("without a network the tasks stay readable, a change is refused in words, and the text is kept", async () => {
  const page = await openDashboard();
  await addTasks(page, "Read me");
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  await addTask(page, "For later");
  await page.getByRole("button", { name: "Try again" }).waitFor();
  assert.equal(await newTask(page).inputValue(), "For later");
  assert.deepEqual(await titles(page), ["Read me"]);
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await taskNamed(page, "For later").waitFor();
  await page.getByRole("alert").filter({ hasText: /./ }).waitFor({ state: "detached" });
  assert.equal(page.url(), `${system.webUrl}/dashboard`);
  await page.context().close();
});

test("nothing on the page moves by itself, and the tasks are in its first HTML", async () => {
  const page = await openDashboard();
  await addTasks(page, "Second", "First");
  await page.addInitScript(
    "window.shifts = []; new PerformanceObserver((list) => { for (const shift of list.getEntries()) if (!shift.hadRecentInput) window.shifts.push(shift.sources.map(({ node }) => node?.textContent)) }).observe({ type: 'layout-shift', buffered: true })",
  );
  const response = await page.reload({ waitUntil: "networkidle" });
  const html = (await response?.text()) ?? "";
  assert.ok(html.includes("First") && html.includes("Second"));
  await page.getByRole("link", { name: "Open" }).click();
  await page.waitForURL(/status=open/);
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  assert.deepEqual(await page.evaluate("window.shifts"), []);
  await page.context().close();
});

test("the dashboard's JavaScript is less than 180 kB, compressed", async () => {
  const page = await openDashboard();
  const scripts = new Map<string, Promise<Buffer>>();
  page.on("response", (response) => {
    if (response.request().resourceType() === "script")
      scripts.set(response.url(), response.body());
  });
  await page.reload({ waitUntil: "networkidle" });
  const sizes = (await Promise.all(scripts.values())).map((body) => gzipSync(body).length);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  assert.ok(scripts.size > 0 && total < clientScriptBytesAtMost, `${total} bytes`);
  await page.context().close();
});

test("axe finds nothing, in both themes, from 320 px on, whatever the page shows", async () => {
  const page = await openDashboard();
  assert.deepEqual(await accessibilityFaults(page), []);
  await addTasks(page, "Done", `A long word: ${"x".repeat(150)}`, "Late", "Gone");
  await taskNamed(page, "Done").getByRole("checkbox").check();
  await taskNamed(page, "Late").getByRole("button", { name: "Edit" }).click();
  await page.locator("li").getByLabel("Due").fill(day(-1));
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Overdue: yesterday").waitFor();
  await taskNamed(page, "A long word").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Write what is to be done.").waitFor();
  await taskNamed(page, "Gone").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Undo" }).hover();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.context().setOffline(true);
  await page.getByText("You are offline").waitFor();
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.context().close();
});

test("axe finds nothing on the pages around: the start page, and one that is not there", async () => {
  const page = await (await browser.newContext()).newPage();
  for (const path of ["/", "/nothing-here"]) {
    await page.goto(`${system.webUrl}${path}`);
    assert.deepEqual(await accessibilityFaults(page), [], path);
  }
  await page.context().close();
});

test("a wait is told of when it is long: skeletons after a moment, a progress bar after two seconds", async () => {
  const page = await openDashboard();
  await addTasks(page, "Open");
  const answer = await holdAnswers(page);
  await page.getByRole("link", { name: "Done" }).click();
  await page.locator(".task-skeleton").waitFor();
  assert.equal(await page.getByRole("progressbar").count(), 0);
  await page.getByRole("progressbar").waitFor();
  answer();
  await page.getByText("Nothing done yet").waitFor();
  assert.equal(await page.getByRole("progressbar").count(), 0);
  await page.context().close();
});
