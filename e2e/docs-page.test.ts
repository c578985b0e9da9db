import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser, BrowserContext, Page } from "playwright-core";
import * as z from "zod";
import { addTask, openBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const tokenAnswer = z.object({ access_token: z.string() });

let browser: Browser;
before(async () => {
  browser = await openBrowser();
});
after(() => browser.close());

/** What the pages of this browser ask of whom, and what they complain of. */
async function watch(context: BrowserContext) {
  const origins = new Set<string>();
  const complaints: string[] = [];
  context.on("request", (request) => origins.add(new URL(request.url()).origin));
  context.on("console", (message) => {
    if (message.type() === "error") complaints.push(message.text());
  });
  context.on("weberror", (error) => complaints.push(String(error.error())));
  await context.exposeFunction("reportViolation", (what: string) => complaints.push(what));
  // Run by the browser's own tools, to which the page's policy does not apply.
  await context.addInitScript(
    'addEventListener("securitypolicyviolation", ({ effectiveDirective, blockedURI }) => reportViolation(effectiveDirective + " " + blockedURI))',
  );
  return { origins, complaints };
}

async function ownUserId(page: Page): Promise<string> {
  const id: unknown = await page.evaluate(
    'fetch("/api/auth/get-session").then((answer) => answer.json()).then(({ user }) => user.id)',
  );
  assert.ok(typeof id === "string");
  return id;
}

/** Opens an operation, sends it as it is filled in, and says what came back. */
async function tryOut(page: Page, method: string, path: string) {
  const operation = page
    .locator(".opblock")
    .filter({ has: page.locator(`[data-path="${path}"]`) })
    .filter({ has: page.getByText(method, { exact: true }) });
  await operation.locator(".opblock-summary-control").click();
  await operation.getByRole("button", { name: "Execute" }).click();
  const answer = operation.locator(".live-responses-table");
  return {
    status: Number(await answer.locator(".response .response-col_status").textContent()),
    body: (await answer.locator(".response .highlight-code").first().textContent()) ?? "",
  };
}

describe("the api's page at /docs", () => {
  let system: TestSystem;
  before(async () => {
    system = await startTestSystem();
  });
  after(() => system.stop());

  test("SEC30 asks nobody but the api, and breaks no rule of its policy, with every operation open", async () => {
    const context = await browser.newContext();
    const { origins, complaints } = await watch(context);
    const page = await context.newPage();
    await page.goto(`${system.apiUrl}/docs?user_id=somebody`);
    await page.getByRole("heading", { name: "Sallyport task api" }).waitFor();
    for (const operation of await page.locator(".opblock-summary-control").all()) {
      await operation.click();
    }
    // Opening one adds buttons for what is inside it.
    const closed = page.getByRole("button", { name: "Expand all" });
    while ((await closed.count()) > 0) await closed.first().click();
    await page.waitForLoadState("networkidle");
    const ids = page.getByPlaceholder("user_id");
    assert.ok((await ids.count()) >= 9);
    for (const id of await ids.all()) assert.equal(await id.inputValue(), "somebody");
    assert.deepEqual([...origins], [new URL(system.apiUrl).origin]);
    assert.deepEqual(complaints, []);
    await context.close();
  });

  test("an operation tried out there is sent with the user's own session, and may make changes", async () => {
    const context = await browser.newContext();
    const dashboard = await signUpInBrowser(context, system.webUrl, "ada");
    await addTask(dashboard, "Made on the dashboard");
    await taskNamed(dashboard, "Made on the dashboard").waitFor();
    const page = await context.newPage();
    await page.goto(`${system.apiUrl}/docs?user_id=${await ownUserId(dashboard)}`);
    await page.getByRole("heading", { name: "Sallyport task api" }).waitFor();
    assert.equal(await page.getByRole("button", { name: /authorize/i }).count(), 0);

    const listed = await tryOut(page, "GET", "/api/{user_id}/tasks");
    assert.equal(listed.status, 200);
    assert.match(listed.body, /Made on the dashboard/);
    const created = await tryOut(page, "POST", "/api/{user_id}/tasks");
    assert.equal(created.status, 201);
    assert.match(created.body, /Buy milk/);
    await dashboard.reload();
    await taskNamed(dashboard, "Buy milk").waitFor();
    await context.close();
  });

  test("nobody who is not signed in reads or changes anything there", async () => {
    const context = await browser.newContext();
    const page = await context.newPage();
    await page.goto(`${system.apiUrl}/docs?user_id=somebody`);
    assert.equal((await tryOut(page, "GET", "/api/{user_id}/tasks")).status, 401);
    assert.equal((await tryOut(page, "POST", "/api/{user_id}/tasks")).status, 401);
    await context.close();
  });
});

describe("the api's page at /docs in token mode", () => {
  let system: TestSystem;
  before(async () => {
    system = await startTestSystem({ AUTH_MODE: "jwt" });
  });
  after(() => system.stop());

  test("takes a token and sends it, and without one nothing is allowed", async () => {
    const context = await browser.newContext();
    const dashboard = await signUpInBrowser(context, system.webUrl, "ada");
    const { access_token } = tokenAnswer.parse(
      await dashboard.evaluate(
        'fetch("/api/auth/sallyport/token").then((answer) => answer.json())',
      ),
    );
    const address = `${system.apiUrl}/docs?user_id=${await ownUserId(dashboard)}`;
    const { origins, complaints } = await watch(context);
    const page = await context.newPage();
    await page.goto(address);
    await page.getByRole("button", { name: "Authorize" }).click();
    await page.getByLabel("auth-bearer-value").fill(access_token);
    await page.getByRole("button", { name: "Apply credentials" }).click();
    await page.getByRole("button", { name: "Close" }).click();
    assert.equal((await tryOut(page, "POST", "/api/{user_id}/tasks")).status, 201);
    const listed = await tryOut(page, "GET", "/api/{user_id}/tasks");
    assert.equal(listed.status, 200);
    assert.match(listed.body, /Buy milk/);
    assert.deepEqual([...origins], [new URL(system.apiUrl).origin]);
    assert.deepEqual(complaints, []);

    await page.goto(system.apiUrl);
    await page.goto(address);
    assert.equal((await tryOut(page, "GET", "/api/{user_id}/tasks")).status, 401);
    await context.close();
  });
});
