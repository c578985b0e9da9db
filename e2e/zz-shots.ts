import { openBrowser, signUpInBrowser } from "./browser.ts";
import { startTestSystem } from "./running-system.ts";

const system = await startTestSystem({ AUTH_MODE: process.env.MODE ?? "session" });
const browser = await openBrowser();
try {
  const context = await browser.newContext({ reducedMotion: "reduce" });
  const page = await signUpInBrowser(context, system.webUrl, "ada");
  const fx = await browser.newContext({
    userAgent:
      "Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:128.0) Gecko/20100101 Firefox/128.0",
  });
  const other = await fx.newPage();
  await other.goto(`${system.webUrl}/sign-in?next=/account`);
  const ios = await browser.newContext({
    userAgent:
      "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.5 Mobile/15E148 Safari/604.1",
  });
  for (const p of [other, await ios.newPage()]) {
    await p.goto(`${system.webUrl}/sign-in?next=/account`);
    await p.getByLabel("E-mail").fill("ada@example.com");
    await p.getByLabel("Password").fill("correct horse battery");
    await p.getByRole("button", { name: "Sign in" }).click();
    await p.waitForURL(`${system.webUrl}/account`);
  }
  const anon = await browser.newContext({ reducedMotion: "reduce" });
  const out = await anon.newPage();
  page.on("console", (m) => console.log("console", m.type(), m.text()));
  page.on("pageerror", (m) => console.log("pageerror", m.message));
  for (const scheme of ["light", "dark"] as const)
    for (const width of [1280, 390, 320]) {
      const shot = async (p: typeof page, name: string, full = true) => {
        await p.emulateMedia({ colorScheme: scheme });
        await p.setViewportSize({ width, height: width > 500 ? 900 : 780 });
        const overflow = await p.evaluate(
          "document.documentElement.scrollWidth - document.documentElement.clientWidth",
        );
        if (overflow) console.log("OVERFLOW", name, scheme, width, overflow);
        await p.screenshot({
          path: `/tmp/shots/account/${name}-${scheme}-${width}.png`,
          fullPage: full,
        });
      };
      await page.goto(`${system.webUrl}/account`);
      await shot(page, "account");
      await page.getByRole("button", { name: "Change password" }).click();
      await page.getByLabel("New password").fill("password1");
      await page
        .getByText("easy to guess", { exact: false })
        .first()
        .waitFor()
        .catch(() => console.log("no strength"));
      await shot(page, "account-errors");
      await page.getByRole("button", { name: "Delete account" }).click();
      await page.getByLabel("Your password").waitFor();
      await shot(page, "delete", false);
      await page.keyboard.press("Escape");
      await out.goto(`${system.webUrl}/sign-in`);
      await shot(out, "sign-in");
      await out.getByRole("button", { name: "Sign in" }).click();
      await shot(out, "sign-in-errors");
      await out.goto(`${system.webUrl}/sign-up`);
      await out.getByLabel("Password").fill("sunshine12");
      await out
        .getByText("guess")
        .waitFor()
        .catch(() => console.log("no strength"));
      await shot(out, "sign-up");
    }
} finally {
  await browser.close();
  await system.stop();
}
