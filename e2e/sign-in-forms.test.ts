import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { accessibilityFaults } from "./accessibility.ts";
import { password } from "./account.ts";
import { openBrowser } from "./browser.ts";
import { createAccount, openDevice } from "./devices.ts";
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

async function open(path: string) {
  const page = await browser.newPage();
  await page.goto(`${system.webUrl}${path}`);
  return page;
}

const isFocused = (page: Page, label: string) =>
  page.getByLabel(label).evaluate((input) => input === document.activeElement);

/** What the page says of a field's value, as a screen reader would find it. */
async function faultOf(page: Page, label: string) {
  const input = page.getByLabel(label);
  assert.equal(await input.getAttribute("aria-invalid"), "true", label);
  const ids = (await input.getAttribute("aria-describedby"))?.split(" ") ?? [];
  return (await Promise.all(ids.map((id) => page.locator(`[id="${id}"]`).textContent()))).join(" ");
}

test("what is wrong is told at its field, the first of them gets the focus, and what was typed is kept", async () => {
  const page = await open("/sign-up");
  await page.getByLabel("Name").fill("Ada");
  await page.getByLabel("E-mail").fill("ada");
  await page.getByLabel("Password").fill("short");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("such as you@example.com").waitFor();
  assert.match(await faultOf(page, "E-mail"), /^Enter your e-mail address/);
  assert.match(await faultOf(page, "Password"), /at least 8 characters/);
  assert.equal(await page.getByLabel("Name").getAttribute("aria-invalid"), null);
  assert.ok(await isFocused(page, "E-mail"));
  assert.equal(await page.getByLabel("E-mail").inputValue(), "ada");
  assert.equal(await page.getByLabel("Password").inputValue(), "short");

  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByText("such as you@example.com").waitFor({ state: "detached" });
  assert.deepEqual(await accessibilityFaults(page), []);
  await page.close();
});

test("a refusal of the server's is told at its field; a weak password is told of, and taken", async () => {
  await createAccount(system.webUrl, "bob");
  const page = await open("/sign-up?next=/account");
  const scripts: string[] = [];
  page.on("response", (response) => {
    if (response.request().resourceType() === "script") scripts.push(response.url());
  });
  await page.waitForLoadState("networkidle");
  await page.getByLabel("Name").fill("Bob");
  await page.getByLabel("E-mail").fill("bob@example.com");
  assert.deepEqual(scripts, []);
  await page.getByLabel("Password").fill("password1");
  await page.getByRole("status").filter({ hasText: "Very easy to guess." }).waitFor();
  assert.notDeepEqual(scripts, [], "the judge comes when a password is chosen, and not before");

  await page.getByRole("button", { name: "Create account" }).click();
  await page.getByText("There is an account with this e-mail address already").waitFor();
  assert.match(await faultOf(page, "E-mail"), /There is an account/);
  assert.ok(await isFocused(page, "E-mail"));
  assert.equal(await page.getByLabel("Password").inputValue(), "password1");
  await page.getByLabel("E-mail").fill("bobby@example.com");
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(`${system.webUrl}/account`);
  await page.close();
});

test("a sign-in leads back to where one came from, by keyboard alone; who is not known and a wrong password are told alike", async () => {
  await createAccount(system.webUrl, "carol");
  const page = await open("/account");
  assert.equal(page.url(), `${system.webUrl}/sign-in?next=%2Faccount`);
  const signUp = page.getByRole("link", { name: "Create one" });
  assert.equal(await signUp.getAttribute("href"), "/sign-up?next=%2Faccount");

  const refusals: string[] = [];
  for (const [email, typed] of [
    ["nobody@example.com", password],
    ["carol@example.com", "a wrong password"],
  ] as const) {
    await page.getByLabel("E-mail").fill(email);
    await page.getByLabel("Password").fill(typed);
    const answer = page.waitForResponse("**/api/auth/sign-in/email");
    await page.getByRole("button", { name: "Sign in" }).click();
    const response = await answer;
    await page.getByRole("alert").filter({ hasText: "is wrong" }).waitFor();
    const words = await page.getByRole("alert").filter({ hasText: "is wrong" }).textContent();
    refusals.push(`${response.status()} ${await response.text()} ${words}`);
  }
  assert.equal(refusals[0], refusals[1]);
  assert.match(refusals[0] ?? "", /^401 .* E-mail or password is wrong\.$/);
  assert.deepEqual(await accessibilityFaults(page), []);

  await page.reload();
  await page.getByLabel("E-mail").focus();
  await page.keyboard.type("carol@example.com");
  await page.keyboard.press("Tab");
  await page.keyboard.type(password);
  await page.keyboard.press("Enter");
  await page.waitForURL(`${system.webUrl}/account`);
  await page.close();
});

test("SEC30 an address leads nobody who is signed in to another site, or in circles", async () => {
  const dave = await createAccount(system.webUrl, "dave");
  const { context, page } = await openDevice(browser, system.webUrl, dave);
  for (const [next, path] of [
    ["/account", "/account"],
    ["//evil.example", "/dashboard"],
    ["/\\evil.example", "/dashboard"],
    ["https://evil.example", "/dashboard"],
    ["/sign-in?next=/sign-in", "/dashboard"],
  ] as const) {
    for (const entrance of ["/sign-in", "/sign-up"]) {
      await page.goto(`${system.webUrl}${entrance}?next=${encodeURIComponent(next)}`);
      assert.equal(page.url(), `${system.webUrl}${path}`, `${entrance} ${next}`);
    }
  }
  await page.goto(`${system.webUrl}/sign-in?next=/account&next=/account`);
  assert.equal(page.url(), `${system.webUrl}/dashboard`);
  await context.close();
});

test("password managers find what they look for", async () => {
  const page = await open("/sign-in");
  const tokens = async (...labels: string[]) =>
    Promise.all(labels.map((label) => page.getByLabel(label).getAttribute("autocomplete")));
  assert.deepEqual(await tokens("E-mail", "Password"), ["username", "current-password"]);
  await page.goto(`${system.webUrl}/sign-up`);
  const expected = ["name", "username", "new-password"];
  assert.deepEqual(await tokens("Name", "E-mail", "Password"), expected);
  await page.close();
});

test("Caps Lock is told of while a password is typed", async () => {
  const page = await open("/sign-in");
  const input = page.getByLabel("Password");
  const hint = page.getByRole("status").filter({ hasText: "Caps Lock is on." });
  const type = (modifierCapsLock: boolean) =>
    input.dispatchEvent("keydown", { key: "A", modifierCapsLock });
  await input.focus();
  // Until the page's code runs, nobody listens.
  await assertSoon(async () => {
    await type(true);
    return (await hint.count()) === 1;
  });
  await type(false);
  await hint.waitFor({ state: "detached" });
  await page.close();
});

async function assertSoon(condition: () => Promise<boolean>) {
  const deadline = AbortSignal.timeout(10_000);
  while (!(await condition())) deadline.throwIfAborted();
}

test("SEC14 an outage is told on the form, which keeps what was typed", async () => {
  const page = await open("/sign-in");
  await page.waitForLoadState("networkidle");
  await page.getByLabel("E-mail").fill("ada@example.com");
  await page.getByLabel("Password").fill(password);
  await system.web.stop();
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByText("The sign-in service cannot be reached right now").waitFor();
  await system.web.start();
  assert.equal(await page.getByLabel("E-mail").inputValue(), "ada@example.com");
  assert.equal(await page.getByLabel("Password").inputValue(), password);
  await page.close();
});

test("SEC29 without JavaScript the forms say so, and no password gets into an address", async () => {
  const context = await browser.newContext({ javaScriptEnabled: false });
  const page = await context.newPage();
  for (const path of ["/sign-in", "/sign-up"]) {
    await page.goto(`${system.webUrl}${path}`);
    await page.locator("noscript").filter({ visible: true }).waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByLabel("Password").press("Enter");
    assert.ok(await page.getByRole("button").isDisabled());
    await page.waitForLoadState();
    assert.equal(page.url(), `${system.webUrl}${path}`);
  }
  await context.close();
});
