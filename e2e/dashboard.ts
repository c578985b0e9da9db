import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { password } from "./account.ts";
import { addTask, taskNamed } from "./browser.ts";
import { call } from "./loopback-call.ts";
import type { TestSystem } from "./running-system.ts";

let users = 0;

/** The tasks of somebody new, in a browser of its own. Wants a system that listens on IPv4. */
export async function openDashboard(
  browser: Browser,
  { webUrl }: TestSystem,
  options: BrowserContextOptions = {},
): Promise<Page> {
  users += 1;
  const { cookies } = await call(`${webUrl}/api/auth/sign-up/email`, {
    // Better Auth lets each address sign up three times in ten seconds.
    localAddress: `127.3.0.${users}`,
    headers: { origin: webUrl },
    body: { name: "Ada", email: `dashboard-${users}@example.com`, password },
  });
  const [name = "", value = ""] = cookies[0]?.split(";")[0]?.split("=") ?? [];
  const context = await browser.newContext(options);
  await context.addCookies([{ name, value, url: webUrl }]);
  const page = await context.newPage();
  await page.goto(`${webUrl}/dashboard`);
  return page;
}

/** The field above the list. */
export const newTask = (page: Page) => page.getByLabel("What is to be done?");

/** One after the other, each once the api has the one before. */
export async function addTasks(page: Page, ...titles: string[]): Promise<void> {
  for (const title of titles) {
    await addTask(page, title);
    await taskNamed(page, title).getByRole("button", { name: "Edit" }).waitFor();
  }
}

/** "Task 1." and so on, past the page, which then shows them. */
export async function fillList(page: Page, { apiUrl }: TestSystem, count: number): Promise<void> {
  await page.evaluate(
    async ([apiUrl, count]) => {
      const { user } = await (await fetch("/api/auth/get-session")).json();
      for (let i = 1; i <= count; i++) {
        await fetch(`${apiUrl}/api/${user.id}/tasks`, {
          method: "POST",
          credentials: "include",
          headers: { "content-type": "application/json" },
          body: JSON.stringify({ title: `Task ${i}.` }),
        });
      }
    },
    [apiUrl, count] as const,
  );
  await page.reload();
}
