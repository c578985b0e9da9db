import assert from "node:assert/strict";
import { createServer, type Server } from "node:http";
import { after, before, test } from "node:test";
import type { Browser } from "playwright-core";
import { addTask, openBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

let system: TestSystem;
let browser: Browser;
let foreignSite: Server;

before(async () => {
  system = await startTestSystem();
  browser = await openBrowser();
  foreignSite = createServer((_, response) => {
    response.writeHead(200, { "content-type": "text/html" }).end("<title>foreign</title>");
  });
  await new Promise<void>((resolve) => foreignSite.listen(0, "localhost", resolve));
});
after(async () => {
  await browser.close();
  foreignSite.close();
  await system.stop();
});

test("SEC26 SEC27 a page of another origin can neither read nor change anything, though the cookie is sent", async () => {
  const context = await browser.newContext();
  const page = await signUpInBrowser(context, system.webUrl, "ada");
  await addTask(page, "mine");
  await taskNamed(page, "mine").waitFor();
  const session = await context.request.get(`${system.webUrl}/api/auth/get-session`);
  const { user } = (await session.json()) as { user: { id: string } };
  const tasks = `${system.apiUrl}/api/${user.id}/tasks`;

  const address = foreignSite.address();
  assert.ok(address !== null && typeof address === "object");
  const foreignPage = await context.newPage();
  // Another port of one host name is the same site: SameSite=Lax does not keep the cookie back.
  await foreignPage.goto(`http://localhost:${address.port}`);
  const attempt = (init: { method: string; mode?: "no-cors"; type?: string }) =>
    foreignPage.evaluate(
      async ([url, { method, mode, type }]) => {
        const response = await fetch(url, {
          method,
          credentials: "include",
          ...(mode && { mode }),
          ...(type && { headers: { "content-type": type } }),
          ...(method === "GET" ? {} : { body: '{"title":"theirs"}' }),
        }).catch(() => undefined);
        return response?.type === "opaque" ? "opaque" : (response?.status ?? "blocked");
      },
      [tasks, init] as const,
    );
  assert.equal(await attempt({ method: "GET" }), "blocked");
  assert.equal(await attempt({ method: "POST", type: "application/json" }), "blocked");
  assert.equal(await attempt({ method: "DELETE" }), "blocked");
  // Without the cookie it would be a 401.
  const written = foreignPage.waitForResponse(tasks);
  assert.equal(await attempt({ method: "POST", mode: "no-cors", type: "text/plain" }), "opaque");
  assert.equal((await written).status(), 403);

  await page.reload();
  assert.equal(await page.getByRole("listitem").filter({ hasText: "theirs" }).count(), 0);
  await taskNamed(page, "mine").waitFor();
  await context.close();
});
