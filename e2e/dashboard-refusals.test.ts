import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { addTask, openBrowser, taskNamed } from "./browser.ts";
import { addTasks, fillList, newTask, openDashboard as openDashboardOf } from "./dashboard.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

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

const focused = (page: Page) =>
  page.evaluate(
    "document.activeElement.closest('li')?.innerText ?? document.activeElement.tagName",
  );

/** The api's answer to every change, once the returned function is called. */
async function refuseChanges(page: Page, status: number): Promise<() => void> {
  const gate = Promise.withResolvers<void>();
  await page.route(`${system.apiUrl}/**`, async (route) => {
    if (["GET", "OPTIONS"].includes(route.request().method())) return route.continue();
    await gate.promise;
    const headers = {
      "access-control-allow-origin": system.webUrl,
      "access-control-allow-credentials": "true",
    };
    return route.fulfill({ status, headers, body: "{}" });
  });
  return gate.resolve;
}

test("a deletion without a network is refused in words, though nothing can be loaded to tell of it", async () => {
  const page = await openDashboard();
  await addTasks(page, "Stays");
  await page.reload({ waitUntil: "networkidle" });
  await page.context().setOffline(true);
  await taskNamed(page, "Stays").getByRole("button", { name: "Delete" }).click();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await taskNamed(page, "Stays").waitFor();
  assert.equal(await page.getByRole("heading", { level: 1 }).textContent(), "Your tasks");
  await page.context().setOffline(false);
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Undo" }).waitFor();
  await page.context().close();
});

test("of several tasks that are refused at once none is lost, nor what is being typed", async () => {
  const page = await openDashboard();
  const answer = await refuseChanges(page, 503);
  for (const title of ["One", "Two", "Three"]) {
    await addTask(page, title);
    await taskNamed(page, title).waitFor();
  }
  await newTask(page).fill("Half a tas");
  answer();
  for (const title of ["One", "Two", "Three"]) {
    await page.getByText(`“${title}” has not been added.`).waitFor();
  }
  assert.equal(await newTask(page).inputValue(), "Half a tas");

  await page.getByText("“Two” has").getByRole("button").click();
  assert.equal(await newTask(page).inputValue(), "Two");
  await page.getByText("“Half a tas” has not been added.").waitFor();

  await page.reload();
  for (const title of ["One", "Half a tas", "Three"]) {
    await page.getByText(`“${title}” has not been added.`).waitFor();
  }
  assert.equal(await newTask(page).inputValue(), "Two");
  await page.context().close();
});

test("trying again sends what was refused, and not what is being typed", async () => {
  const page = await openDashboard();
  const answer = await refuseChanges(page, 503);
  await addTask(page, "Refused");
  await newTask(page).fill("Half a tas");
  answer();
  await page.getByText("“Refused” has not been added.").waitFor();
  await page.unroute(`${system.apiUrl}/**`);
  await page.getByRole("button", { name: "Try again" }).press("Enter");
  await taskNamed(page, "Refused").getByRole("button", { name: "Edit" }).waitFor();
  assert.equal(await newTask(page).inputValue(), "Half a tas");
  assert.equal(await page.getByText("has not been added").count(), 0);
  assert.equal(await focused(page), "H1");
  await page.context().close();
});

test("a task that left the list and comes back, because it was refused, says why", async () => {
  const page = await openDashboard();
  await addTasks(page, "Ticked", "Removed");
  await page.goto(`${system.webUrl}/dashboard?status=open`);
  (await refuseChanges(page, 403))();
  await taskNamed(page, "Ticked").getByRole("checkbox").click();
  await taskNamed(page, "Ticked").getByText("The task service refuses this").waitFor();
  await taskNamed(page, "Removed").getByRole("button", { name: "Delete" }).click();
  await taskNamed(page, "Removed").getByText("The task service refuses this").waitFor();
  await page.context().close();
});

test("a task that is changed so that it leaves the list hands the keyboard on", async () => {
  const page = await openDashboard();
  await addTasks(page, "Third A", "Second A", "First A");
  await page.goto(`${system.webUrl}/dashboard?q=A`);
  await taskNamed(page, "Second").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Second");
  await page.keyboard.press("Enter");
  await taskNamed(page, "Second").waitFor({ state: "detached" });
  assert.match(String(await focused(page)), /^Third/);
  await page.context().close();
});

test("what is ticked while more is loaded stays ticked", async () => {
  const page = await openDashboard();
  await fillList(page, system, 51);
  const gate = Promise.withResolvers<void>();
  await page.route(/cursor=/, async (route) => {
    const response = await route.fetch();
    await gate.promise;
    await route.fulfill({ response });
  });
  await page.getByRole("button", { name: "Load more" }).click();
  const ticked = page.waitForResponse(/complete$/);
  await taskNamed(page, "Task 51.").getByRole("checkbox").check();
  await ticked;
  gate.resolve();
  await taskNamed(page, "Task 1.").waitFor();
  await page.getByText("Completed “Task 51.”.").waitFor({ state: "attached" });
  assert.ok(await taskNamed(page, "Task 51.").getByRole("checkbox").isChecked());
  assert.match(String(await focused(page)), /^Task 51\./);
  await page.context().close();
});

test("a search keeps what is typed while it is made, and the filter that is chosen meanwhile", async () => {
  const page = await openDashboard();
  const search = page.getByLabel("Search tasks");
  await search.focus();
  // About as long as the pause that starts a search: before, with and after it.
  for (const delay of [190, 200, 206, 212]) {
    await search.fill("");
    await page.waitForURL(`${system.webUrl}/dashboard`);
    await page.keyboard.type("abcdefgh", { delay });
    await page.waitForURL(/q=abcdefgh$/);
    assert.equal(await search.inputValue(), "abcdefgh");
  }
  await search.fill("milk");
  await page.getByRole("link", { name: "Done" }).click();
  await page.waitForURL(/\?status=completed&q=milk$/);
  await page.context().close();
});

test("the first HTML knows which day it is where the browser is, on both sides of the date line", async () => {
  for (const timezoneId of ["Pacific/Kiritimati", "Pacific/Pago_Pago"]) {
    const page = await openDashboardOf(browser, system, { timezoneId });
    await page.getByText("Add a date or a description").click();
    const today = new Intl.DateTimeFormat("sv-SE", { timeZone: timezoneId }).format(new Date());
    await page.getByLabel("Due").fill(today);
    await addTasks(page, "Now");
    const html = (await (await page.reload())?.text()) ?? "";
    assert.match(html, /Due (<!-- -->)?today/, timezoneId);
    await page.context().close();
  }
});

test("on a small phone the words of trouble cover neither a toast nor the end of the page", async () => {
  const page = await openDashboard();
  await page.setViewportSize({ width: 320, height: 640 });
  await addTasks(page, "Last", "Gone", "1", "2", "3", "4");
  await taskNamed(page, "Gone").getByRole("button", { name: "Delete" }).click();
  const undo = page.getByRole("button", { name: "Undo" });
  await undo.waitFor();
  (await refuseChanges(page, 503))();
  await taskNamed(page, "Last").getByRole("checkbox").click();
  const bar = page.locator(".trouble");
  await bar.waitFor();
  await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
  const top = (await bar.boundingBox())?.y ?? 0;
  for (const above of [page.getByRole("dialog").filter({ has: undo }), taskNamed(page, "Last")]) {
    const box = await above.boundingBox();
    assert.ok(box && box.y + box.height <= top, `${JSON.stringify(box)} above ${top}`);
  }
  await page.context().close();
});

test("a form saves what was changed in it, and leaves what another tab has changed meanwhile", async () => {
  const page = await openDashboard();
  await addTasks(page, "Old name");
  const other = await page.context().newPage();
  await other.goto(`${system.webUrl}/dashboard`);
  for (const tab of [page, other]) {
    await taskNamed(tab, "Old name").getByRole("button", { name: "Edit" }).click();
  }
  await page.getByLabel("Title").fill("New name");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByText("Saved “New name”.").waitFor({ state: "attached" });
  await other.locator("li").getByLabel("Description").fill("Some words");
  await other.getByRole("button", { name: "Save" }).click();
  await taskNamed(other, "Some words").getByText("New name").waitFor();
  await page.context().close();
});

test("a session that ends takes nothing with it of what is typed in several forms", async () => {
  const page = await openDashboard();
  await addTasks(page, "Old");
  await taskNamed(page, "Old").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Old, half chang");
  const answer = await refuseChanges(page, 401);
  await addTask(page, "Refused");
  await newTask(page).fill("Half a tas");
  answer();
  // Whose session stands is sent on from there.
  await page.waitForRequest(/\/sign-in/);
  await page.waitForURL(`${system.webUrl}/dashboard`);
  assert.equal(await page.getByLabel("Title").inputValue(), "Old, half chang");
  assert.equal(await newTask(page).inputValue(), "Half a tas");
  await page.getByText("“Refused” has not been added.").waitFor();
  await page.context().close();
});

test("an edit that is given up is not offered to be tried again", async () => {
  const page = await openDashboard();
  await addTasks(page, "As it was");
  await page.context().setOffline(true);
  await taskNamed(page, "As it was").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Given up");
  await page.getByRole("button", { name: "Save" }).click();
  await page.getByRole("button", { name: "Try again" }).waitFor();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Try again" }).waitFor({ state: "detached" });
  await taskNamed(page, "As it was").waitFor();
  await page.context().close();
});
