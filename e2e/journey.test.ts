import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import { password } from "./account.ts";
import { addTask, openBrowser, signInInBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const secret = "a-secret-of-this-journey-alone-0123456789";

interface Mode {
  env: Record<string, string>;
  /** What becomes of a tab when another one signs out, and which answer tells it. */
  signOut: { title: string; refused: RegExp };
}

const session: Mode = {
  env: { AUTH_MODE: "session" },
  signOut: {
    title: "SEC12 a sign-out in one tab refuses the other's next call",
    refused: /^POST \/api\/\w+\/tasks$/,
  },
};
const jwt: Mode = {
  env: { AUTH_MODE: "jwt", TOKEN_KEY_DERIVATION: "hkdf" },
  signOut: {
    title: "after a sign-out in one tab the other gets no token",
    refused: /^GET \/api\/auth\/sallyport\/token$/,
  },
};

describe("people in a browser, in session mode", () => journey(session));
describe("people in a browser, in token mode", () => journey(jwt));

function journey({ env, signOut }: Mode) {
  let system: TestSystem;
  let browser: Browser;
  /** Session tokens, as they are signed in the cookie, and JWTs. */
  const credentials = new Set<string>();

  before(async () => {
    system = await startTestSystem({ ...env, BETTER_AUTH_SECRET: secret });
    browser = await openBrowser();
  });
  after(async () => {
    await browser.close();
    await system.stop();
  });

  /** A browser of its own, whose credentials are remembered. */
  async function openContext() {
    const context = await browser.newContext();
    context.on("request", async (request) => {
      // None when the page has been left meanwhile.
      const headers = await request.allHeaders().catch((): Record<string, string> => ({}));
      const token = headers.authorization?.split(" ")[1];
      const cookie = headers.cookie?.match(/session_token=([^;]+)/)?.[1];
      for (const credential of [token, cookie]) if (credential) credentials.add(credential);
    });
    return context;
  }

  test("sign up, keep a list of tasks, sign out, and find it again", async () => {
    const context = await openContext();
    const page = await context.newPage();
    await page.goto(system.webUrl);
    await page.getByRole("link", { name: "Create an account" }).click();
    await page.getByLabel("Name").fill("ada");
    await page.getByLabel("E-mail").fill("ada@example.com");
    await page.getByLabel("Password").fill(password);
    await page.getByRole("button", { name: "Create account" }).click();
    await page.getByText("A clean slate").waitFor();

    await addTask(page, "Buy milk");
    await taskNamed(page, "Buy milk").waitFor();
    await addTask(page, "Call home");
    await taskNamed(page, "Call home").waitFor();

    await taskNamed(page, "Buy milk").getByRole("button", { name: "Edit" }).click();
    await page.getByLabel("Title").fill("Buy oat milk");
    await page.getByRole("button", { name: "Save" }).click();
    await taskNamed(page, "Buy oat milk").getByRole("checkbox").check();

    await page.getByRole("link", { name: "Done" }).click();
    await taskNamed(page, "Call home").waitFor({ state: "detached" });
    await taskNamed(page, "Buy oat milk").waitFor();
    await page.getByRole("link", { name: "Open" }).click();
    await taskNamed(page, "Call home").waitFor();
    await taskNamed(page, "Call home").getByRole("button", { name: "Delete" }).click();
    await page.getByText("All done").waitFor();

    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${system.webUrl}/sign-in`);
    await page.goto(`${system.webUrl}/dashboard`);
    assert.equal(page.url(), `${system.webUrl}/sign-in`);

    await signInInBrowser(page, "ada", "the wrong password");
    await page.getByText("E-mail or password is wrong.").waitFor();
    await signInInBrowser(page, "ada");
    await page.waitForURL(`${system.webUrl}/dashboard`);
    assert.ok(await taskNamed(page, "Buy oat milk").getByRole("checkbox").isChecked());
    await context.close();
  });

  test("refused input is told at its field, and the text is kept", async () => {
    const context = await browser.newContext();
    const page = await signUpInBrowser(context, system.webUrl, "grace");
    await addTask(page, "x".repeat(201));
    const field = page.getByLabel("What is to be done?");
    await page.getByText("Use at most 200 characters").waitFor();
    assert.equal(await field.getAttribute("aria-invalid"), "true");
    assert.equal((await field.inputValue()).length, 201);
    await context.close();
  });

  test(`${signOut.title}; what was typed is there after signing in, and another's tasks never are`, async () => {
    const context = await openContext();
    const page = await signUpInBrowser(context, system.webUrl, "bob");
    await page.getByText("A clean slate").waitFor();
    assert.ok(!(await page.content()).includes("oat milk"));
    await addTask(page, "Water plants");
    await taskNamed(page, "Water plants").waitFor();

    const otherTab = await context.newPage();
    await otherTab.goto(`${system.webUrl}/dashboard`);
    await otherTab.getByRole("button", { name: "Edit" }).click();
    await otherTab.getByLabel("Title").fill("Water all plants");
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.waitForURL(`${system.webUrl}/sign-in`);
    const answer = otherTab.waitForResponse((response) => response.status() === 401);
    await addTask(otherTab, "too late");
    const request = (await answer).request();
    assert.match(`${request.method()} ${new URL(request.url()).pathname}`, signOut.refused);
    await otherTab.waitForURL(`${system.webUrl}/sign-in`);

    await signInInBrowser(otherTab, "bob");
    await otherTab.waitForURL(`${system.webUrl}/dashboard`);
    await otherTab.getByRole("button", { name: "Save" }).click();
    await taskNamed(otherTab, "Water all plants").waitFor();
    const field = otherTab.getByLabel("What is to be done?");
    assert.equal(await field.inputValue(), "too late");
    await otherTab.getByRole("button", { name: "Add task" }).click();
    // Known to the api by then: what a reload cuts off comes back into the field.
    await taskNamed(otherTab, "too late").getByRole("button", { name: "Edit" }).waitFor();
    await otherTab.reload();
    assert.equal(await field.inputValue(), "");
    assert.equal(await otherTab.getByRole("button", { name: "Save" }).count(), 0);
    await context.close();
  });

  test("SEC29 none of this left a password, a cookie, a token or the secret in the logs", async () => {
    const logs = ["web", "api"]
      .map((name) => readFileSync(join(system.logsFolder, `${name}.log`), "utf8"))
      .join("\n");
    const added = /"method":"POST","path":"\/api\/:user_id\/tasks","status":201/;
    assert.match(logs, added, "the logs are those of this journey");
    // Ada's two sessions and Bob's two.
    assert.ok(credentials.size >= 4);
    for (const credential of credentials) {
      const [part = ""] = decodeURIComponent(credential).split(".");
      for (const forbidden of [credential, part, password, secret]) {
        const line = logs.split("\n").find((one) => one.includes(forbidden));
        assert.equal(line, undefined);
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
}
