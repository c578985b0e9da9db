import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import type { Browser, Page } from "playwright-core";
import { addTask, openBrowser, signInInBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
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

/** A browser of its own, and what its pages complained of. */
async function openWatched() {
  const context = await browser.newContext();
  const violations: string[] = [];
  const errors: string[] = [];
  await context.exposeFunction("reportViolation", (what: string) => violations.push(what));
  // Run by the browser's own tools, to which the page's policy does not apply.
  await context.addInitScript(
    'addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => reportViolation(effectiveDirective + " " + blockedURI))',
  );
  context.on("console", (message) => {
    if (message.type() === "error") errors.push(message.text());
  });
  context.on("weberror", (error) => errors.push(String(error.error())));
  return { context, violations, errors };
}

async function fetchPage(path: string, headers: Record<string, string> = {}) {
  const response = await fetch(`${system.webUrl}${path}`, { headers });
  const html = await response.text();
  const policy = response.headers.get("content-security-policy") ?? "";
  const [, nonce] = /script-src [^;]*'nonce-([^']+)'/.exec(policy) ?? [];
  assert.ok(nonce, policy);
  return { html, policy, nonce };
}

/** Until everything that the page loads has been loaded, or refused. */
const untilLoaded = (page: Page) => page.waitForLoadState("networkidle");

test("SEC30 no page of the app breaks its own policy, from sign-up to sign-out", async () => {
  const { context, violations, errors } = await openWatched();
  const page = await signUpInBrowser(context, system.webUrl, "ada");
  await addTask(page, "Buy milk");
  await taskNamed(page, "Buy milk").getByRole("checkbox").check();
  await taskNamed(page, "Buy milk").getByRole("button", { name: "Edit" }).click();
  await page.getByLabel("Title").fill("Buy oat milk");
  await page.getByRole("button", { name: "Save" }).click();
  await taskNamed(page, "Buy oat milk").waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.waitForURL(`${system.webUrl}/sign-in`);
  await signInInBrowser(page, "ada");
  await page.waitForURL(`${system.webUrl}/dashboard`);
  await taskNamed(page, "Buy oat milk").waitFor();
  await page.goto(`${system.webUrl}/account`);
  await page.getByLabel("New password").fill("password1");
  await page.getByText("Very easy to guess.").waitFor();
  await page.getByRole("button", { name: "Delete account" }).click();
  await page.getByRole("button", { name: "Cancel" }).click();
  await page.getByRole("button", { name: "Save name" }).click();
  await page.getByText("Your name is saved.").waitFor();
  await page.goto(system.webUrl);
  await untilLoaded(page);
  assert.deepEqual(errors, []);

  await page.goto(`${system.webUrl}/nothing-here`);
  await untilLoaded(page);
  assert.match(errors.join("\n"), /^Failed to load resource: .* status of 404 .*$/);
  assert.deepEqual(violations, []);
  await context.close();
});

test("SEC30 a script that is smuggled into a page does not run, inline, by a handler or from elsewhere", async () => {
  const { context, violations } = await openWatched();
  const page = await context.newPage();
  const elsewhere = `${system.apiUrl}/openapi.json`;
  const smuggled = `<script>window.smuggled = "inline"</script><script src="${elsewhere}"></script><script src="/icon.svg"></script><img src="/none" onerror="window.smuggled = 'handler'"><style>h1 { display: none }</style>`;
  await page.route("**/sign-in", async (route) => {
    const response = await route.fetch();
    await route.fulfill({
      response,
      body: (await response.text()).replace("<body", `<head>${smuggled}</head><body`),
    });
  });
  await page.goto(`${system.webUrl}/sign-in`);
  await untilLoaded(page);
  assert.equal(await page.evaluate("window.smuggled"), undefined);
  assert.ok(await page.getByRole("heading", { name: "Sign in" }).isVisible());
  await page.evaluate(
    `document.body.insertAdjacentHTML("beforeend", "<img src='/none' onerror='window.smuggled = 1'>")`,
  );
  await untilLoaded(page);
  assert.equal(await page.evaluate("window.smuggled"), undefined);
  for (const expected of [
    "script-src-elem inline",
    `script-src-elem ${elsewhere}`,
    `script-src-elem ${system.webUrl}/icon.svg`,
    "script-src-attr inline",
    "style-src-elem inline",
  ]) {
    assert.ok(violations.includes(expected), `${expected} is not among ${violations.join(", ")}`);
  }
  await context.close();
});

test("SEC30 a page can send data to its own server and the api, and nowhere else", async () => {
  const { context, violations } = await openWatched();
  const page = await context.newPage();
  await page.goto(`${system.webUrl}/sign-in`);
  /** What the policy says, or else the status. */
  const send = (url: string) =>
    page.evaluate(`new Promise((resolve) => {
      addEventListener("securitypolicyviolation", (event) => resolve(event.effectiveDirective));
      fetch(${JSON.stringify(url)}).then(({ status }) => resolve(status), () => {});
    })`);
  assert.equal(await send(`${system.webUrl}/healthz`), 200);
  assert.equal(await send(`${system.apiUrl}/healthz`), 200);
  assert.deepEqual(violations, []);
  const elsewhere = system.webUrl.replace("localhost", "127.0.0.1");
  assert.equal(await send(`${elsewhere}/healthz?stolen`), "connect-src");
  await context.close();
});

test("SEC30 every script bears the nonce of its own answer, whatever nonce the client asks for", async () => {
  const nonces = new Set<string>();
  for (const path of ["/", "/sign-in", "/sign-up", "/nothing-here"]) {
    const { html, nonce } = await fetchPage(path, {
      "content-security-policy": "script-src 'nonce-Y2hvc2Vu'",
      "content-security-policy-report-only": "script-src 'nonce-Y2hvc2Vu'",
    });
    nonces.add(nonce);
    const scripts = html.match(/<script\b[^>]*>/g) ?? [];
    assert.ok(scripts.length > 0);
    for (const script of scripts) assert.ok(script.includes(`nonce="${nonce}"`), script);
    assert.doesNotMatch(html, /Y2hvc2Vu|<style|\sstyle=|\son\w+=/);
  }
  assert.equal(nonces.size, 4);
});
