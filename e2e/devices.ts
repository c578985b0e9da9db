import assert from "node:assert/strict";
import type { Browser, BrowserContextOptions } from "playwright-core";
import * as z from "zod";
import { type Account, password } from "./account.ts";
import { call } from "./loopback-call.ts";

const signedUp = z.object({ user: z.object({ id: z.string() }) });

let addresses = 0;

/** From an address of its own each time: Better Auth allows three of these in ten seconds to one. */
async function enter(
  webUrl: string,
  path: string,
  named: { email: string; name?: string },
  userAgent = "",
) {
  addresses += 1;
  const answer = await call(`${webUrl}/api/auth${path}`, {
    localAddress: `127.6.${addresses >> 8}.${addresses & 255}`,
    headers: { origin: webUrl, "user-agent": userAgent },
    body: { ...named, password },
  });
  assert.equal(answer.status, 200, answer.text);
  const { user } = signedUp.parse(JSON.parse(answer.text));
  const [cookie = ""] = answer.cookies[0]?.split(";") ?? [];
  return { userId: user.id, email: named.email, cookie } satisfies Account;
}

export const createAccount = (webUrl: string, name: string) =>
  enter(webUrl, "/sign-up/email", { name, email: `${name}@example.com` });

/** Another session of the account, of a browser that calls itself so. */
export const enterAgain = (webUrl: string, { email }: Account, userAgent: string) =>
  enter(webUrl, "/sign-in/email", { email }, userAgent);

/** A browser of its own that has the account's session. */
export async function openDevice(
  browser: Browser,
  webUrl: string,
  { cookie }: Account,
  options: BrowserContextOptions = {},
) {
  const context = await browser.newContext(options);
  const [name = "", value = ""] = cookie.split("=");
  await context.addCookies([{ name, value, url: webUrl }]);
  return { context, page: await context.newPage() };
}
