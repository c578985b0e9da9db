import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { password } from "./account.ts";
import { addTask, openBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const secret = "a-secret-of-this-journey-alone-0123456789";

describe("people in a browser", () => {
  let system: TestSystem;
  let browser: Browser;
  const cookies: string[] = [];

  before(async () => {
    system = await startTestSystem({ BETTER_AUTH_SECRET: secret });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await system.stop();
  });

  test("sign up, keep a list of tasks, sign out, and find it again", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(system.webUrl);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("A clean slate").waitFor();
    cookies.push(...(await context.cookies()).map(({ value }) => value));

    await addTask(page, "Buy milk");
    await taskNamed(page, "Buy milk").waitFor();
    await addTask(page, "Call home");
    await taskNamed(page, "Call home").waitFor();

    await taskNamed(page, "Buy milk").getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Title").fill("Buy oat milk");
    await page.getByRole("button", { name: "Save" }).click();
    await taskNamed(page, "Buy oat milk").getByRole("checkbox").check();

    await page.getByRole("button", { name: "Completed" }).click();
    await taskNamed(page, "Call home").waitFor({ state: "detached" });
    await taskNamed(page, "Buy oat milk").waitFor();
    await page.getByRole("button", { name: "Open" }).click();
    await taskNamed(page, "Call home").waitFor();
    await taskNamed(page, "Call home").getByRole("button", { name: "Delete" }).click();
    await page.getByRole("button", { name: "Delete for good" }).click();
    await page.getByText("All done").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${system.webUrl}/sign-in`);
    await page.goto(`${system.webUrl}/dashboard`);
    assert.equal(page.url(), `${system.webUrl}/sign-in`);

    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill("the wrong password");
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.getByText("E-mail or password is wrong.").waitFor();
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Sign in" }).click();
    await page.waitForURL(`${system.webUrl}/dashboard`);
    assert.ok(await taskNamed(page, "Buy oat milk").getByRole("checkbox").isChecked());
    await context.close();
  });

  test("refused input is told at its field, and the text is kept", async () => {
    const context = await browser.newContext();
    const page = await signUpInBrowser(context, system.webUrl, "grace");
    await addTask(page, "x".repeat(201));
    const field = page.getByLabel("What is to be done?");
    await page.getByText("at most 200 characters").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal((await field.inputValue()).length, 201);
    await context.close();
  });

  test("SEC12 two of them cannot see each other's tasks, and a sign-out in one tab refuses the other's next call", async () => {
    const context = await browser.newContext();
    const page = await signUpInBrowser(context, system.webUrl, "bob");
    cookies.push(...(await context.cookies()).map(({ value }) => value));
    await page.getByText("A clean slate").waitFor();
    assert.ok(!(await page.content()).includes("oat milk"));

    const otherTab = await context.newPage();
    await otherTab.goto(`${system.webUrl}/dashboard`);
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${system.webUrl}/sign-in`);
    const refused = otherTab.waitForResponse((response) => response.url().includes("/tasks"));
    await addTask(otherTab, "too late");
    const methods = [(await refused).request().method(), (await refused).status()];
    assert.deepEqual(methods, ["POST", 401]);
    await otherTab.waitForURL(`${system.webUrl}/sign-in`);
    await context.close();
  });

  test("SEC29 none of this left a password, a cookie or the secret in the logs", async () => {
    const logs = ["web", "api"].map((name) =>
      readFileSync(join(system.logsFolder, `${name}.log`), "utf8"),
    );
    const refusal = /"error_code":"credentials_missing"/;
    assert.match(logs.join("\n"), refusal, "the logs are those of this journey");
    assert.ok(cookies.length >= 2);
    for (const cookie of cookies) {
      const [token = ""] = decodeURIComponent(cookie).split(".");
      for (const forbidden of [cookie, token, password, secret]) {
        assert.ok(!logs.join("\n").includes(forbidden));
      }
    }
  });

  test("SEC30 nothing that the browser is sent has the secret in it", async () => {
    const page = await browser.newPage();
    const scripts: Promise<string>[] = [];
    page.on("response", (response) => {
      if (response.request().resourceType() === "script") scripts.push(response.text());
    });
    await page.goto(`${system.webUrl}/sign-in`, { waitUntil: "networkidle" });
    assert.ok(scripts.length > 0);
    for (const text of [...(await Promise.all(scripts)), await page.content()]) {
      assert.ok(!text.includes(secret));
    }
    await page.close();
  });
});
