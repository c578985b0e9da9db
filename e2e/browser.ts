import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";
import { password } from "./account.ts";

/** A real Chromium without a window. `npm test` says where one is. */
export function openBrowser(): Promise<Browser> {
  const { CHROME } = process.env;
  if (!CHROME) throw new Error("Cannot open a browser: CHROME is not set; run npm test");
  return chromium.launch({
    executablePath: CHROME,
    args: [
      // Chromium's sandbox refuses to run as root, as it often is in a container.
      ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

export async function signUpInBrowser(context: BrowserContext, webUrl: string, name: string) {
  const page = await context.newPage();
  await page.goto(`${webUrl}/sign-up`);
  await page.getByLabel("Name").fill(name);
  await page.getByLabel("E-mail").fill(`${name}@example.com`);
  await page.getByLabel("Password").fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await page.waitForURL(`${webUrl}/dashboard`);
  return page;
}

/** On the sign-in page. */
export async function signInInBrowser(page: Page, name: string, typed = password) {
  await page.getByLabel("E-mail").fill(`${name}@example.com`);
  await page.getByLabel("Password").fill(typed);
  await page.getByRole("button", { name: "Sign in" }).click();
}

export async function addTask(page: Page, title: string) {
  await page.getByLabel("What is to be done?").fill(title);
  await page.getByRole("button", { name: "Add task" }).click();
}

export const taskNamed = (page: Page, title: string) =>
  page.getByRole("listitem").filter({ hasText: title });
