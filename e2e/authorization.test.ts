import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { createPostgres, type TestDatabase } from "@sallyport/storage/testing";
import pg from "pg";
import { type Account, signIn, signOut, signUp } from "./account.ts";
import { badCookies } from "./bad-cookies.ts";
import { openBrowser } from "./browser.ts";
import { everyRoute } from "./every-route.ts";
import { startTestSystem, type TestSystem } from "./running-system.ts";

const secretTitle = "a title that only its owner may see";

describe("the system on PostgreSQL", () => {
  let database: TestDatabase;
  let system: TestSystem;
  let ada: Account;
  let bob: Account;
  let bobsTask: string;
  let cookies: Record<string, string | undefined>;

  before(async () => {
    database = await createPostgres();
    system = await startTestSystem({ DATABASE_URL: database.databaseUrl });
    ada = await signUp(system.webUrl, "ada");
    bob = await signUp(system.webUrl, "bob");
    const revoked = await signIn(system.webUrl, ada);
    await signOut(system.webUrl, revoked);
    const expired = await signIn(system.webUrl, ada);
    await expire(expired);
    cookies = badCookies({ active: ada, revoked, expired });
    const created = await call("POST", `/api/${bob.userId}/tasks`, bob.cookie, {
      title: secretTitle,
    });
    assert.equal(created.status, 201);
    bobsTask = ((await created.json()) as { id: string }).id;
  });
  after(async () => {
    await system.stop();
    await database.drop();
  });

  /** Better Auth has no way to end a session's time early, so its row is told. */
  async function expire({ cookie }: Account) {
    const client = new pg.Client({ connectionString: database.databaseUrl });
    await client.connect();
    const token = decodeURIComponent(cookie.split("=")[1] ?? "").split(".")[0];
    const expiresAt = new Date(Date.now() - 1_000);
    const { rowCount } = await client.query(
      'update auth.session set "expiresAt" = $1 where token = $2',
      [expiresAt, token],
    );
    await client.end();
    assert.equal(rowCount, 1);
  }

  function call(method: string, path: string, cookie: string | undefined, body?: object) {
    return fetch(`${system.apiUrl}${path}`, {
      method,
      headers: {
        origin: system.webUrl,
        ...(cookie === undefined ? {} : { cookie }),
        ...(body === undefined ? {} : { "content-type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }

  test("SEC12 every route answers every invalid session with 401, and Bob's task is as it was", async () => {
    for (const [what, cookie] of Object.entries(cookies)) {
      for (const [method, path, body] of everyRoute(bob.userId, bobsTask)) {
        const response = await call(method, path, cookie, body);
        assert.equal(response.status, 401, `${method} ${path} with ${what}`);
        assert.equal(response.headers.get("cache-control"), "no-store");
      }
    }
    await bobsTaskIsUntouched();
  });

  test("SEC20 every route answers another user's path with 403, and another's task with 404", async () => {
    for (const [method, path, body] of everyRoute(bob.userId, bobsTask)) {
      const response = await call(method, path, ada.cookie, body);
      assert.equal(response.status, 403, `${method} ${path}`);
      assert.ok(!(await response.text()).includes(secretTitle));
    }
    for (const [method, path, body] of everyRoute(ada.userId, bobsTask)) {
      if (!path.includes(bobsTask)) continue;
      const response = await call(method, path, ada.cookie, body);
      assert.equal(response.status, 404, `${method} ${path}`);
    }
    await bobsTaskIsUntouched();
  });

  async function bobsTaskIsUntouched() {
    const response = await call("GET", `/api/${bob.userId}/tasks`, bob.cookie);
    const { tasks } = (await response.json()) as { tasks: { title: string; completed: boolean }[] };
    assert.deepEqual(
      tasks.map(({ title, completed }) => ({ title, completed })),
      [{ title: secretTitle, completed: false }],
    );
  }

  test("SEC30 from every bad cookie every page is reached in at most two redirects, with nothing protected", async () => {
    for (const [what, cookie] of Object.entries(cookies)) {
      for (const page of ["/", "/sign-in", "/sign-up", "/dashboard"]) {
        const { redirects, response, bodies } = await follow(page, cookie);
        assert.equal(response.status, 200, `${page} with ${what}`);
        assert.ok(redirects <= 2, `${page} with ${what} took ${redirects} redirects`);
        const { pathname } = new URL(response.url);
        assert.equal(pathname, page === "/dashboard" ? "/sign-in" : page, `${page} with ${what}`);
        assert.ok(!bodies.includes(ada.email), `${page} with ${what} names the user`);
      }
    }
  });

  test("SEC30 a browser with a bad cookie reaches every page in at most two redirects, where it can sign in", async () => {
    const browser = await openBrowser();
    try {
      for (const [what, cookie] of Object.entries(cookies)) {
        const [name = "", value = ""] = cookie?.split("=") ?? [];
        // Browsers store no cookie over 4 KB (RFC 6265 6.1).
        if (value.length > 4_000) continue;
        const context = await browser.newContext();
        if (cookie !== undefined) await context.addCookies([{ name, value, url: system.webUrl }]);
        const page = await context.newPage();
        for (const path of ["/", "/sign-in", "/sign-up", "/dashboard"]) {
          const response = await page.goto(`${system.webUrl}${path}`);
          let redirects = 0;
          for (let request = response?.request(); request; redirects++) {
            request = request.redirectedFrom() ?? undefined;
          }
          assert.ok(redirects - 1 <= 2, `${path} with ${what}`);
          assert.equal(response?.status(), 200, `${path} with ${what}`);
        }
        assert.equal(page.url(), `${system.webUrl}/sign-in`, what);
        await page.getByLabel("Password").waitFor();
        await context.close();
      }
    } finally {
      await browser.close();
    }
  });

  test("a good cookie leads from the sign-in page to the dashboard, once", async () => {
    for (const page of ["/sign-in", "/sign-up", "/dashboard"]) {
      const { redirects, response, bodies } = await follow(page, bob.cookie);
      assert.equal(new URL(response.url).pathname, "/dashboard");
      assert.equal(redirects, page === "/dashboard" ? 0 : 1);
      assert.ok(bodies.includes(secretTitle), "the tasks are in the first HTML");
      assert.match(response.headers.get("cache-control") ?? "", /no-store/);
    }
  });

  async function follow(page: string, cookie: string | undefined) {
    let url = `${system.webUrl}${page}`;
    let bodies = "";
    for (let redirects = 0; ; redirects++) {
      const response = await fetch(url, {
        redirect: "manual",
        headers: cookie === undefined ? {} : { cookie },
      });
      bodies += await response.text();
      const location = response.headers.get("location");
      if (location === null || redirects === 5) return { redirects, response, bodies };
      url = new URL(location, url).href;
    }
  }
});
