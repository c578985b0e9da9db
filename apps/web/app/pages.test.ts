import assert from "node:assert/strict";
import { globSync, readFileSync } from "node:fs";
import { after, before, describe, it } from "node:test";
import { openStorage, type Storage } from "@sallyport/storage";
import { createPostgres, linkDatabase, type TestDatabase } from "@sallyport/storage/testing";
import { migrations } from "../auth/migrations.ts";
import { password, secret } from "../test/auth-server.ts";
import { badCookies } from "../test/bad-cookies.ts";
import { startWeb, type Web } from "../test/web-process.ts";

const origin = "http://localhost:3000";
const email = "ada@example.com";

describe("the pages", () => {
  let database: TestDatabase;
  let link: Awaited<ReturnType<typeof linkDatabase>>;
  let storage: Storage<{ session: { token: string; expiresAt: Date } }>;
  let web: Web;
  let cookie: string;
  let noSession: Record<string, string>;

  before(async () => {
    database = await createPostgres();
    link = await linkDatabase(database);
    storage = await openStorage({ ...database, schema: "auth", migrations });
    // Nobody listens at the api's address: what is told of the tasks is an outage.
    web = await startWeb({ DATABASE_URL: link.databaseUrl, API_URL: "http://localhost:1" });
    cookie = await enter("/sign-up/email");
    const revoked = await enter("/sign-in/email");
    await web.send({ ...post("/sign-out", {}), headers: { origin, cookie: revoked } });
    const expired = await enter("/sign-in/email");
    const [token = ""] = decodeURIComponent(expired.split("=")[1] ?? "").split(".");
    await storage.db
      .updateTable("session")
      .set({ expiresAt: new Date(Date.now() - 1_000) })
      .where("token", "=", token)
      .execute();
    noSession = { none: "", revoked, expired, ...badCookies(cookie) };
  });
  after(async () => {
    await web.stop();
    await storage.close();
    await link.close();
    await database.drop();
  });

  const post = (path: string, body: object) => ({
    method: "POST",
    path: `/api/auth${path}`,
    headers: { origin },
    body,
  });

  async function enter(path: string): Promise<string> {
    const answer = await web.send(post(path, { name: "Ada", email, password }));
    assert.equal(answer.status, 200, answer.text);
    return answer.cookies[0]?.split(";")[0] ?? "";
  }

  it("SEC30 without a session lead from the dashboard to the sign-in page by one 307, showing nothing", async () => {
    for (const [what, value] of Object.entries(noSession)) {
      const { redirects, status, bodies } = await web.visit("/dashboard", value);
      assert.deepEqual([redirects, status], [["307 /sign-in"], 200], what);
      for (const secretText of [email, "Add task", "localhost:1"]) {
        assert.ok(!bodies.includes(secretText), `${what}: ${secretText}`);
      }
    }
  });

  it("SEC30 without a session are open where none is needed", async () => {
    for (const [what, value] of Object.entries(noSession)) {
      for (const page of ["/", "/sign-in", "/sign-up"]) {
        const { redirects, status } = await web.visit(page, value);
        assert.deepEqual([redirects, status], [[], 200], `${page} with ${what}`);
      }
    }
  });

  it("SEC30 with a session lead to the dashboard by one 307, and stay there", async () => {
    for (const page of ["/sign-in", "/sign-up"]) {
      const { redirects, bodies } = await web.visit(page, cookie);
      assert.deepEqual(redirects, ["307 /dashboard"], page);
      assert.ok(bodies.includes(email));
    }
    assert.deepEqual((await web.visit("/dashboard", cookie)).redirects, []);
    assert.deepEqual((await web.visit("/", cookie)).redirects, []);
  });

  it("a session_data cookie beside the session changes nothing", async () => {
    const junk = `better-auth.session_data=%7B%22; ${cookie}`;
    assert.ok((await web.visit("/dashboard", junk)).bodies.includes(email));
  });

  it("SEC28 behind a session are stored nowhere", async () => {
    const { headers } = await web.visit("/dashboard", cookie);
    assert.match(headers["cache-control"] ?? "", /no-store/);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["x-powered-by"], undefined);
  });

  it("an api that cannot be reached leaves the dashboard standing, and says so", async () => {
    const { status, bodies } = await web.visit("/dashboard", cookie);
    assert.equal(status, 200);
    assert.match(bodies, /The task service cannot be reached right now/);
  });

  it("while the session cannot be checked say so in words, without a redirect, and recover", async () => {
    link.cut();
    for (const page of ["/dashboard", "/account", "/sign-in", "/sign-up", "/"]) {
      const { redirects, bodies } = await web.visit(page, cookie);
      assert.deepEqual(redirects, [], page);
      assert.match(bodies, /We cannot check who you are right now/);
      assert.ok(!bodies.includes(email));
    }
    link.mend();
    assert.ok((await web.visit("/dashboard", cookie)).bodies.includes(email));
  });

  it("an address that does not exist is a 404 in words", async () => {
    const { status, bodies } = await web.visit("/nothing-here", cookie);
    assert.equal(status, 404);
    assert.match(bodies, /There is nothing at this address/);
  });

  it("SEC24 answer no hostile request with a 5xx, and never lead to another site", async () => {
    for (const path of [
      "//evil.example",
      "/\\evil.example",
      "/%zz",
      "/%00",
      "/dashboard/",
      "/a%2f..%2fb",
    ]) {
      const { status, headers } = await web.send({ path, headers: { cookie } });
      assert.ok(status < 500, `${path} ${status}`);
      assert.match(headers.location ?? "/", /^\/(?![/\\])/, path);
    }
    for (const headers of [
      { "next-action": "x" },
      { rsc: "1", "next-router-state-tree": "%7B" },
      { "x-middleware-subrequest": "middleware:middleware:middleware" },
      { upgrade: "websocket", connection: "Upgrade" },
      { "content-type": "multipart/form-data; boundary=x" },
    ]) {
      const { status } = await web.send({ path: "/dashboard", headers: { ...headers, cookie } });
      assert.ok(status < 500, `${JSON.stringify(headers)} ${status}`);
    }
    assert.equal((await web.send({ path: "/healthz" })).status, 200);
  });

  it("SEC29 there is no image endpoint, which would log what it is sent as it is", async () => {
    assert.equal((await web.send({ path: "/icon.svg" })).status, 200);
    const { status } = await web.send({ path: "/_next/image?w=64&q=75&url=%2Ficon.svg" });
    assert.equal(status, 404);
  });

  it("SEC21 x-middleware-subrequest opens nothing", async () => {
    const headers = { "x-middleware-subrequest": "middleware:middleware:middleware" };
    const { status } = await web.send({ path: "/dashboard", headers });
    assert.equal(status, 307);
  });

  it("SEC30 the files sent to browsers hold no secret, nor the names of any", () => {
    const folder = new URL("../.next/static", import.meta.url).pathname;
    const files = globSync("**/*.js", { cwd: folder });
    assert.ok(files.length > 0);
    for (const file of files) {
      const text = readFileSync(`${folder}/${file}`, "utf8");
      for (const word of [secret, "SALLYPORT_SERVICE_KEY", "DATABASE_URL"]) {
        assert.ok(!text.includes(word), `${file} holds ${word}`);
      }
    }
  });
});
