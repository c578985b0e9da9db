import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { after, before, describe, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import * as z from "zod";
import { accessibilityFaults } from "./accessibility.ts";
import { type Account, password, signOut } from "./account.ts";
import { openBrowser, signInInBrowser } from "./browser.ts";
import { createAccount, enterAgain, openDevice } from "./devices.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const firefoxOnMac =
  "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0";

const exported = z.object({
  exported_at: z.iso.datetime(),
  tasks: z.array(
    z.object({ title: z.string(), created_at: z.string(), due_on: z.string().nullable() }),
  ),
});
const tokenAnswer = z.object({ access_token: z.string() });

for (const mode of ["session", "jwt"] as const)
  describe(`the account page, AUTH_MODE=${mode}`, () => accountPage(mode));

function accountPage(mode: "session" | "jwt") {
  let system: TestSystem;
  let browser: Browser;
  before(async () => {
    system = await startTestSystem({ AUTH_MODE: mode });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await system.stop();
  });

  async function openAccount(account: Account) {
    const device = await openDevice(browser, system.webUrl, account, { acceptDownloads: true });
    await device.page.goto(`${system.webUrl}/account`);
    return device;
  }

  /** Another browser of the same user, and whether it is let in: its next call, its next page. */
  async function openOther(account: Account) {
    const { context, page } = await openDevice(
      browser,
      system.webUrl,
      await enterElsewhere(account),
    );
    await page.goto(`${system.webUrl}/dashboard`);
    return {
      close: () => context.close(),
      async isLetIn(): Promise<boolean> {
        const call =
          mode === "session"
            ? `${system.apiUrl}/api/${account.userId}/tasks`
            : "/api/auth/sallyport/token";
        const status = await page.evaluate(
          `fetch(${JSON.stringify(call)}, { credentials: "include" }).then(({ status }) => status)`,
        );
        await page.goto(`${system.webUrl}/dashboard`);
        const isOnItsPage = page.url() === `${system.webUrl}/dashboard`;
        assert.deepEqual(
          [status, page.url()],
          isOnItsPage ? [200, `${system.webUrl}/dashboard`] : [401, `${system.webUrl}/sign-in`],
        );
        return isOnItsPage;
      },
    };
  }

  const enterElsewhere = (account: Account) => enterAgain(system.webUrl, account, firefoxOnMac);

  async function credentialsOf({ cookie }: Account): Promise<Record<string, string>> {
    if (mode === "session") return { cookie };
    const answer = await fetch(`${system.webUrl}/api/auth/sallyport/token`, {
      headers: { cookie },
    });
    return { authorization: `Bearer ${tokenAnswer.parse(await answer.json()).access_token}` };
  }

  async function addTasks(account: Account, count: number) {
    const headers = { ...(await credentialsOf(account)), "content-type": "application/json" };
    for (let i = 1; i <= count; i++) {
      const answer = await fetch(`${system.apiUrl}/api/${account.userId}/tasks`, {
        method: "POST",
        headers,
        body: JSON.stringify({ title: `Task ${i}.`, due_on: "2030-01-31" }),
      });
      assert.equal(answer.status, 201);
    }
  }

  const device = (page: Page, name: string) => page.getByRole("listitem").filter({ hasText: name });

  test("SEC12 a new password wants the old one, and signs the other devices out", async () => {
    const bob = await createAccount(system.webUrl, "bob");
    const { context, page } = await openAccount(bob);
    const other = await openOther(bob);
    assert.equal(await other.isLetIn(), true);

    await page.getByText("A new password signs out all your other devices.").waitFor();
    const current = page.getByLabel("Current password");
    await current.fill("not the password");
    await page.getByLabel("New password").fill("a quite different one");
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("This is not your password.").waitFor();
    assert.ok(await current.evaluate((input) => input === document.activeElement));
    assert.equal(await page.getByLabel("New password").inputValue(), "a quite different one");
    assert.equal(await other.isLetIn(), true);

    await current.fill(password);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Your password is changed.").waitFor();
    assert.equal(await current.inputValue(), "");
    await page.getByText("At least 8 characters.").waitFor();
    assert.equal(await other.isLetIn(), false);
    await page.reload();
    assert.equal(page.url(), `${system.webUrl}/account`);
    assert.equal(await page.getByRole("listitem").count(), 1);
    await other.close();
    await context.close();
  });

  test("SEC12 a device that is revoked is refused from its very next request on", async () => {
    const carol = await createAccount(system.webUrl, "carol");
    const one = await openOther(carol);
    const two = await openOther(carol);
    const { context, page } = await openAccount(carol);
    await device(page, "This device").getByText("Active now").waitFor();
    const firefox = device(page, "Firefox on macOS");
    assert.equal(await firefox.count(), 2);
    await firefox.first().getByText("Active within the last day").waitFor();
    await firefox
      .first()
      .getByText(/^Signed in .* ago from 127\.6\./)
      .waitFor();
    assert.equal(await one.isLetIn(), true);
    assert.equal(await two.isLetIn(), true);

    await firefox.first().getByRole("button", { name: "Revoke Firefox on macOS" }).press("Enter");
    await page.getByText("Signed out: Firefox on macOS.").waitFor();
    assert.ok(
      await page
        .getByRole("heading", { name: "Devices" })
        .evaluate((heading) => heading === document.activeElement),
    );
    assert.deepEqual([await one.isLetIn(), await two.isLetIn()].sort(), [false, true]);
    await firefox.nth(1).waitFor({ state: "detached" });
    assert.equal(await firefox.count(), 1);

    await page.getByRole("button", { name: "Revoke all others" }).click();
    await page.getByText("All other devices are signed out.").waitFor();
    assert.deepEqual([await one.isLetIn(), await two.isLetIn()], [false, false]);
    await firefox.first().waitFor({ state: "detached" });
    assert.equal(await page.getByRole("button", { name: "Revoke" }).count(), 0);
    await page.reload();
    await device(page, "This device").waitFor();
    assert.ok(!(await page.content()).includes(carol.cookie.split(/[=.]/)[1] ?? ""));
    await Promise.all([one.close(), two.close(), context.close()]);
  });

  test("all tasks are exported, however many; an api that cannot be reached is told in words", async () => {
    const dave = await createAccount(system.webUrl, "dave");
    await addTasks(dave, 205);
    const { context, page } = await openAccount(dave);
    const download = page.waitForEvent("download");
    await page.getByRole("button", { name: "Export tasks" }).click();
    const file = await download;
    assert.match(file.suggestedFilename(), /^tasks-\d{4}-\d\d-\d\d\.json$/);
    const { tasks } = exported.parse(JSON.parse(await readFile(await file.path(), "utf8")));
    assert.deepEqual(
      tasks.map(({ title }) => title),
      Array.from({ length: 205 }, (_, index) => `Task ${205 - index}.`),
    );
    assert.equal(tasks[0]?.due_on, "2030-01-31");
    await page.getByText("Exported 205 tasks.").waitFor();

    await system.api.stop();
    await page.getByRole("button", { name: "Export tasks" }).click();
    await page.getByText("The tasks could not be exported").waitFor();
    await system.api.start();
    const { host } = new URL(system.apiUrl);
    const link = page.getByRole("link", { name: "Try the api" });
    assert.match(
      (await link.getAttribute("href")) ?? "",
      new RegExp(`${host}/docs\\?user_id=${dave.userId}$`),
    );
    await context.close();
  });

  test("an account is deleted with its tasks, by its password; until all is done it is there", async () => {
    const eve = await createAccount(system.webUrl, "eve");
    await addTasks(eve, 2);
    const credentials = await credentialsOf(eve);
    const other = await openOther(eve);
    const { context, page } = await openAccount(eve);
    const open = page.getByRole("button", { name: "Delete account" });
    await open.press("Enter");
    const typed = page.getByLabel("Your password");
    await typed.waitFor();
    await page.keyboard.press("Escape");
    await typed.waitFor({ state: "detached" });
    assert.ok(await open.evaluate((button) => button === document.activeElement));

    await open.click();
    await typed.fill("not the password");
    await page.keyboard.press("Enter");
    await page.getByText("This is not your password.").waitFor();
    const tasks = await fetch(`${system.apiUrl}/api/${eve.userId}/tasks`, { headers: credentials });
    assert.match(await tasks.text(), /Task 2\..*Task 1\./);

    await system.api.stop();
    await typed.fill(password);
    await page.keyboard.press("Enter");
    await page.getByText("so your account is still there").waitFor();
    assert.equal(await typed.inputValue(), password);
    await system.api.start();
    await system.web.stop();
    await page.keyboard.press("Enter");
    await page.getByText("The account could not be deleted yet.").waitFor();
    await system.web.start();

    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.waitForURL(`${system.webUrl}/`);
    assert.equal(await other.isLetIn(), false);
    await page.goto(`${system.webUrl}/account`);
    assert.equal(page.url(), `${system.webUrl}/sign-in?next=%2Faccount`);
    await signInInBrowser(page, "eve");
    await page.getByText("E-mail or password is wrong.").waitFor();
    await other.close();
    await context.close();
  });

  test("a session that has ended leads to the sign-in page, and back", async () => {
    const grace = await createAccount(system.webUrl, "grace");
    const { context, page } = await openAccount(grace);
    const second = await context.newPage();
    await second.goto(`${system.webUrl}/account`);
    for (const each of [page, second]) await each.waitForLoadState("networkidle");
    await signOut(system.webUrl, grace);
    await second.getByRole("button", { name: "Save name" }).click();
    await second.waitForURL(`${system.webUrl}/sign-in?next=%2Faccount`);
    await page.getByRole("button", { name: "Export tasks" }).click();
    await page.waitForURL(`${system.webUrl}/sign-in?next=%2Faccount`);
    await signInInBrowser(page, "grace");
    await page.waitForURL(`${system.webUrl}/account`);
    await context.close();
  });

  if (mode === "jwt") return;

  // The same in both modes: the api has no part in it.
  test("a name is changed, and what is no name is told at its field", async () => {
    const { context, page } = await openAccount(await createAccount(system.webUrl, "ada"));
    assert.equal(
      await page.getByRole("link", { name: "Account" }).getAttribute("aria-current"),
      "page",
    );
    const field = page.getByLabel("Name");
    assert.equal(await field.inputValue(), "ada");
    await field.fill("  ");
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByText("Enter your name.").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    await field.fill("Ada Lovelace");
    await page.keyboard.press("Enter");
    await page.getByText("Your name is saved.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), [], "with what was done told");
    await page.reload();
    assert.equal(await field.inputValue(), "Ada Lovelace");
    await context.close();
  });

  test("SEC14 an outage of Better Auth is told where something was asked, and signs nobody out", async () => {
    const { context, page } = await openAccount(await createAccount(system.webUrl, "heidi"));
    await page.waitForLoadState("networkidle");
    await page.getByLabel("Name").fill("Heidi");
    await system.web.stop();
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByText("The sign-in service cannot be reached right now").waitFor();
    assert.equal(await page.getByLabel("Name").inputValue(), "Heidi");
    await system.web.start();
    await page.getByRole("button", { name: "Save name" }).click();
    await page.getByText("Your name is saved.").waitFor();
    await context.close();
  });

  test("the longest e-mail address leaves room for everything else", async () => {
    const name = `mallory.${"x".repeat(50)}`;
    const { context, page } = await openAccount(await createAccount(system.webUrl, name));
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.setViewportSize({ width: 660, height: 800 });
    const button = await page.getByRole("button", { name: "Sign out" }).boundingBox();
    const link = await page.getByRole("link", { name: "Tasks" }).boundingBox();
    assert.equal(button?.height, link?.height, "it stands on one line");
    await context.close();
  });

  test("a visit renews the session: a browser's own question can set its cookie", async () => {
    const { context, page } = await openDevice(
      browser,
      system.webUrl,
      await createAccount(system.webUrl, "ivan"),
    );
    const asked = page.waitForResponse(`${system.webUrl}/api/auth/get-session`);
    await page.goto(`${system.webUrl}/account`);
    assert.equal((await asked).status(), 200);
    await context.close();
  });

  test("axe finds nothing, in both themes, from 320 px on, with what is wrong told and the dialog open", async () => {
    const judy = await createAccount(system.webUrl, "judy");
    await enterElsewhere(judy);
    const { context, page } = await openAccount(judy);
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole("button", { name: "Change password" }).click();
    await page.getByText("Enter your password.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await page.getByRole("button", { name: "Delete account" }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByRole("alertdialog").getByText("Enter your password.").waitFor();
    assert.deepEqual(await accessibilityFaults(page), []);
    await context.close();
  });
}
