import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { password } from "./account.ts";
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
