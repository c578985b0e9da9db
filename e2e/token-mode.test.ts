import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import type { Browser } from "playwright-core";
import * as z from "zod";
import { type Account, signUp } from "./account.ts";
import { addTask, openBrowser, signInInBrowser, signUpInBrowser, taskNamed } from "./browser.ts";
import { everyRoute } from "./every-route.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const secretTitle = "a title that only its owner may see";
const tokenAnswer = z.object({ access_token: z.string(), expires_in: z.int() });
const created = z.object({ id: z.string() });
const taskPage = z.object({ tasks: z.array(z.object({ title: z.string() })) });

describe("the system in token mode", () => {
  let system: TestSystem;
  let ada: Account & { token: string };
  let bob: Account & { token: string };
  let bobsTask: string;

  before(async () => {
    system = await startTestSystem({ AUTH_MODE: "jwt" });
    ada = await withToken(await signUp(system.webUrl, "ada"));
    bob = await withToken(await signUp(system.webUrl, "bob"));
    const answer = await call("POST", `/api/${bob.userId}/tasks`, bearer(bob.token), {
      title: secretTitle,
    });
    assert.equal(answer.status, 201);
    bobsTask = created.parse(await answer.json()).id;
  });
  after(() => system.stop());

  const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

  function requestToken(headers: Record<string, string>): Promise<Response> {
    return fetch(`${system.webUrl}/api/auth/sallyport/token`, { headers });
  }

  async function withToken(account: Account): Promise<Account & { token: string }> {
    const answer = await requestToken({ cookie: account.cookie });
    assert.equal(answer.status, 200);
    const { access_token, expires_in } = tokenAnswer.parse(await answer.json());
    assert.equal(expires_in, 300);
    return { ...account, token: access_token };
  }

  function call(method: string, path: string, headers: Record<string, string>, body?: object) {
    return fetch(`${system.apiUrl}${path}`, {
      method,
      headers: { ...headers, ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
  }

  async function bobsTaskIsUntouched() {
    const answer = await call("GET", `/api/${bob.userId}/tasks`, bearer(bob.token));
    const { tasks } = taskPage.parse(await answer.json());
    assert.deepEqual(
      tasks.map(({ title }) => title),
      [secretTitle],
    );
  }

  test("SEC1 every route answers everything that is no token with 401, and Bob's task is as it was", async () => {
    const [header = "", payload = "", signature = ""] = ada.token.split(".");
    const asBob = Buffer.from(payload, "base64url").toString().replaceAll(ada.userId, bob.userId);
    const unsigned = Buffer.from('{"alg":"none","typ":"at+jwt"}').toString("base64url");
    const bobsPayload = Buffer.from(asBob).toString("base64url");
    const refused: Record<string, Record<string, string>> = {
      "no credential": {},
      "Bob's own session cookie": { cookie: bob.cookie },
      garbage: bearer("garbage"),
      "Ada's token with Bob's name in it": bearer(`${header}.${bobsPayload}.${signature}`),
      "an unsigned token": bearer(`${unsigned}.${bobsPayload}.`),
      "a truncated token": bearer(bob.token.slice(0, -3)),
      "a padded token": bearer(`${bob.token}=`),
    };
    for (const [what, headers] of Object.entries(refused)) {
      for (const [method, path, body] of everyRoute(bob.userId, bobsTask)) {
        const answer = await call(method, path, headers, body);
        assert.equal(answer.status, 401, `${method} ${path} with ${what}`);
        assert.match(answer.headers.get("www-authenticate") ?? "", /^Bearer realm="tasks"/);
      }
    }
    await bobsTaskIsUntouched();
  });

  test("SEC9 SEC20 every route answers another user's path with 403, and another's task with 404", async () => {
    for (const [method, path, body] of everyRoute(bob.userId, bobsTask)) {
      const answer = await call(method, path, bearer(ada.token), body);
      assert.equal(answer.status, 403, `${method} ${path}`);
      assert.ok(!(await answer.text()).includes(secretTitle));
    }
    for (const [method, path, body] of everyRoute(ada.userId, bobsTask)) {
      if (!path.includes(bobsTask)) continue;
      const answer = await call(method, path, bearer(ada.token), body);
      assert.equal(answer.status, 404, `${method} ${path}`);
    }
    await bobsTaskIsUntouched();
  });

  test("a token is given for a session alone, and to no page of another site", async () => {
    const { cookie, token } = ada;
    assert.equal((await requestToken({})).status, 401);
    assert.equal((await requestToken(bearer(token))).status, 401);
    assert.equal((await requestToken({ cookie, "sec-fetch-site": "cross-site" })).status, 403);
    const answer = await requestToken({ cookie, origin: "http://evil.example" });
    assert.equal(answer.headers.get("access-control-allow-origin"), null);
  });

  test("the tasks are in the dashboard's first HTML, and no token is", async () => {
    // As when a link on another site leads here.
    const headers = { cookie: bob.cookie, "sec-fetch-site": "cross-site" };
    const answer = await fetch(`${system.webUrl}/dashboard`, { headers });
    const html = await answer.text();
    assert.equal(answer.status, 200);
    assert.ok(html.includes(secretTitle));
    assert.ok(!html.includes(bob.token.split(".")[0] ?? ""));
  });

  describe("in a browser", () => {
    let browser: Browser;
    before(async () => {
      browser = await openBrowser();
    });
    after(() => browser.close());

    test("a page sends its token and no cookie to the api, and leaves the token nowhere", async () => {
      const context = await browser.newContext();
      const page = await signUpInBrowser(context, system.webUrl, "grace");
      const sent = page.waitForRequest(`${system.apiUrl}/api/*/tasks`);
      await addTask(page, "mine");
      await taskNamed(page, "mine").waitFor();
      const { authorization, cookie } = await (await sent).allHeaders();
      assert.match(authorization ?? "", /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/);
      assert.equal(cookie, undefined);

      const { cookies, origins } = await context.storageState({ indexedDB: true });
      assert.deepEqual(origins, []);
      assert.deepEqual(cookies.map(({ name }) => name).sort(), [
        "better-auth.session_token",
        "time_zone",
      ]);
      assert.equal(await page.evaluate(() => sessionStorage.length), 0);
      await context.close();
    });

    test("a page whose browser has changed accounts is told so, and writes for neither", async () => {
      const context = await browser.newContext();
      const become = ({ cookie }: Account) => {
        const [name = "", value = ""] = cookie.split("=");
        return context.addCookies([{ name, value, url: system.webUrl }]);
      };
      await become(ada);
      const page = await context.newPage();
      await page.goto(`${system.webUrl}/dashboard`);
      await become(bob);
      const refused = page.waitForResponse(`${system.apiUrl}/api/*/tasks`);
      await addTask(page, "whose is this?");
      assert.equal((await refused).status(), 403);
      await page.getByText("You may have signed in with another account").waitFor();
      assert.equal(page.url(), `${system.webUrl}/dashboard`);
      await bobsTaskIsUntouched();
      await context.close();
    });

    test("an outage of Better Auth leaves a page with a token working, and signs no other out", async () => {
      const context = await browser.newContext();
      const withToken = await context.newPage();
      await withToken.goto(`${system.webUrl}/sign-in`);
      await signInInBrowser(withToken, "ada");
      await withToken.waitForURL(`${system.webUrl}/dashboard`);
      await addTask(withToken, "before the outage");
      await taskNamed(withToken, "before the outage").waitFor();
      const without = await context.newPage();
      await without.goto(`${system.webUrl}/dashboard`);

      await system.web.stop();
      await addTask(withToken, "during the outage");
      await taskNamed(withToken, "during the outage").waitFor();
      await addTask(without, "waits for the end of it");
      await without.getByText("Your work is kept on this page").waitFor();
      assert.equal(without.url(), `${system.webUrl}/dashboard`);

      await system.web.start();
      await without.getByRole("button", { name: "Try again" }).click();
      await taskNamed(without, "waits for the end of it").waitFor();
      await without.reload();
      await taskNamed(without, "during the outage").waitFor();
      await context.close();
    });
  });
});
