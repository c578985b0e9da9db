import { join } from "node:path";
import type { BrowserContextOptions } from "playwright-core";
import { type Account, signOut, signUp } from "../e2e/account.ts";
import { openBrowser, signInInBrowser } from "../e2e/browser.ts";
import { startTestSystem, type TestSystem } from "../e2e/running-system.ts";
import { buildLibrary, buildWeb } from "./build.ts";
import { provideChromium } from "./chromium.ts";
import { rootFolder } from "./root-folder.ts";

const images = join(rootFolder, "docs/images");
const desktop = { width: 1040, height: 700 };
const phone = { width: 390, height: 760 };
const firefox = "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:140.0) Gecko/20100101 Firefox/140.0";
const dayMs = 24 * 60 * 60 * 1_000;
const dayFromNow = (days: number) => new Date(Date.now() + days * dayMs).toISOString().slice(0, 10);

/** The last one stands first. */
const tasks = [
  { title: "Read the poems that Grace sent", completed: true },
  { title: "Water the plants", due_on: dayFromNow(1) },
  { title: "Buy oat milk", completed: true },
  { title: "Call the dentist", description: "Ask for a morning.", due_on: dayFromNow(-1) },
  { title: "Write to the landlord about the boiler", due_on: dayFromNow(4) },
];

const pictures: { name: string; path: string; options: BrowserContextOptions }[] = [
  { name: "dashboard", path: "/dashboard", options: { viewport: desktop } },
  {
    name: "dashboard-dark",
    path: "/dashboard",
    options: { viewport: desktop, colorScheme: "dark" },
  },
  { name: "dashboard-phone", path: "/dashboard", options: { viewport: phone } },
  { name: "account", path: "/account", options: { viewport: { width: 1040, height: 1100 } } },
];

await buildLibrary();
await buildWeb();
process.env.CHROME = provideChromium();
const system = await startTestSystem();
const browser = await openBrowser();
try {
  const ada = await signUp(system.webUrl, "ada");
  for (const task of tasks) await addTask(system, ada, task);
  await signOut(system.webUrl, ada);
  // Two devices, of which the second is the one that is looked at.
  await signInAs(firefox);
  const storageState = await signInAs();
  for (const { name: picture, path, options } of pictures) {
    const context = await browser.newContext({ ...options, storageState, deviceScaleFactor: 2 });
    const page = await context.newPage();
    await page.goto(`${system.webUrl}${path}`, { waitUntil: "networkidle" });
    await page.screenshot({ path: join(images, `${picture}.png`) });
    await context.close();
    console.log(`docs/images/${picture}.png`);
  }
} finally {
  await browser.close();
  await system.stop();
}

/** Ada, in a browser that calls itself so. */
async function signInAs(userAgent?: string) {
  const context = await browser.newContext({ ...(userAgent && { userAgent }) });
  const page = await context.newPage();
  await page.goto(`${system.webUrl}/sign-in`);
  await signInInBrowser(page, "ada");
  await page.waitForURL(`${system.webUrl}/dashboard`);
  return context.storageState();
}

async function addTask({ apiUrl }: TestSystem, { userId, cookie }: Account, task: object) {
  const answer = await fetch(`${apiUrl}/api/${userId}/tasks`, {
    method: "POST",
    headers: { cookie, "content-type": "application/json" },
    body: JSON.stringify(task),
  });
  if (answer.status !== 201) throw new Error(`POST: ${answer.status} ${await answer.text()}`);
}
