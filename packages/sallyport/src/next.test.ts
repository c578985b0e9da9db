import assert from "node:assert/strict";
import { createHmac, randomBytes } from "node:crypto";
import { after, afterEach, before, describe, test } from "node:test";
import { adapterContract } from "../test/adapter-contract.ts";
import { patientMs } from "../test/auth-server.ts";
import type { Backend } from "../test/backends/backend.ts";
import { startNext } from "../test/backends/next.ts";
import { outageLab } from "../test/outage-lab.ts";
import { type FakeBetterAuth, type FakeSession, type Fault, fakeBetterAuth } from "./testing.ts";

// Next answers these by itself; no handler runs and nobody is asked.
adapterContract("Next.js", startNext, {
  malformedPath: [400, 404, 500],
  unknownMethod: [400],
  bareBug: true,
});
outageLab("Next.js", startNext);

describe("pages of Next.js", () => {
  let auth: FakeBetterAuth;
  let backend: Backend;

  before(async () => {
    auth = await fakeBetterAuth();
    backend = await startNext({ authUrl: auth.url, deadlineMs: patientMs });
  });
  afterEach(() => auth.recover());
  after(async () => {
    await backend.close();
    await auth.close();
  });

  const get = (path: string, cookie = "", headers: Record<string, string> = {}) =>
    fetch(`${backend.origin}${path}`, { redirect: "manual", headers: { cookie, ...headers } });

  /** A GET that follows up to five redirects, and tells of each. */
  async function visit(path: string, cookie: string) {
    const redirects: string[] = [];
    for (let next = path; ; ) {
      const answer = await get(next, cookie);
      const text = await answer.text();
      const location = answer.headers.get("location");
      if (location === null || redirects.length === 5) {
        return { path: next, redirects, status: answer.status, text };
      }
      redirects.push(`${answer.status} ${location}`);
      next = location;
    }
  }

  function deadCookies(): Record<string, string> {
    const [revoked, expired] = [auth.signIn(), auth.signIn()];
    auth.revoke(revoked);
    auth.expire(expired);
    return {
      none: "",
      garbage: "better-auth.session_token=garbage",
      twice: `${auth.signIn().cookie}; ${auth.signIn().cookie}`,
      forged: forge(auth.signIn()),
      revoked: revoked.cookie,
      expired: expired.cookie,
    };
  }

  test("SEC30 without a session lead from the dashboard to the sign-in page by one 307, and stay", async () => {
    for (const [what, cookie] of Object.entries(deadCookies())) {
      const dashboard = await visit("/dashboard", cookie);
      assert.deepEqual(dashboard.redirects, ["307 /sign-in"], what);
      assert.equal(dashboard.status, 200, what);
      assert.match(dashboard.text, /Sign in/);
      assert.deepEqual((await visit("/sign-in", cookie)).redirects, [], what);
    }
  });

  test("SEC30 without a session show nothing of the page in the redirect itself", async () => {
    const ada = auth.signIn();
    auth.revoke(ada);
    for (const headers of [{}, { rsc: "1" }, { rsc: "1", "next-router-prefetch": "1" }]) {
      for (const path of ["/dashboard", "/dashboard?_rsc"]) {
        const answer = await get(path, ada.cookie, headers);
        assert.doesNotMatch(await answer.text(), /Tasks of|@example\.com/);
      }
    }
  });

  test("SEC30 with a session lead from the sign-in page to the dashboard by one 307, and stay", async () => {
    const { cookie, user } = auth.signIn();
    const { redirects, status, text } = await visit("/sign-in", cookie);
    assert.deepEqual(redirects, ["307 /dashboard"]);
    assert.equal(status, 200);
    assert.ok(text.includes(user.email));
    assert.deepEqual((await visit("/dashboard", cookie)).redirects, []);
  });

  const someFaults: Fault[] = ["connection-refused", "reset-in-body", "status-401", "status-503"];
  for (const fault of [...someFaults, "html", "redirect-302", "another-user"] as const) {
    test(`SEC14 ${fault}: pages neither redirect nor show data, say why, and come back`, async () => {
      const { cookie, user } = auth.signIn();
      await auth.fail(fault);
      for (const path of ["/dashboard", "/sign-in"]) {
        const answer = await get(path, cookie);
        const text = await answer.text();
        assert.equal(answer.headers.get("location"), null, path);
        assert.equal(answer.status, path === "/sign-in" ? 200 : 500, path);
        assert.ok(!text.includes(user.email) && !text.includes("Tasks of"), path);
        // For error.tsx, which runs in the browser.
        const tells = /E\{\\"digest\\":\\"authority_unavailable\\"\}/.test(text);
        assert.equal(tells, path === "/dashboard", path);
      }
      await auth.recover();
      const { redirects, status, text } = await visit("/dashboard", cookie);
      assert.deepEqual([redirects, status], [[], 200]);
      assert.ok(text.includes(user.email));
    });
  }

  test("SEC12 the layout and the page of one request share one look-up, and requests share none", async () => {
    const ada = auth.signIn();
    for (let visits = 0; visits < 3; visits++) {
      const before = auth.requests.length;
      assert.equal((await get("/dashboard", ada.cookie)).status, 200);
      assert.equal(auth.requests.length, before + 1);
    }
    auth.revoke(ada);
    assert.equal((await get("/dashboard", ada.cookie)).headers.get("location"), "/sign-in");
  });

  test("SEC12 a server action makes its own look-up, and the page that it renders makes another", async () => {
    const ada = auth.signIn();
    const page = await (await get("/dashboard", ada.cookie)).text();
    const [, action = ""] = /name="(\$ACTION_ID_[^"]+)"/.exec(page) ?? [];
    const save = () => {
      const body = new FormData();
      body.set(action, "");
      const headers = { cookie: ada.cookie, origin: backend.origin };
      const path = `${backend.origin}/dashboard`;
      return fetch(path, { method: "POST", redirect: "manual", headers, body });
    };
    const before = auth.requests.length;
    const saved = await save();
    assert.equal(saved.status, 200);
    assert.match(await saved.text(), /Tasks of/);
    assert.equal(auth.requests.length, before + 2);
    auth.revoke(ada);
    const refused = await save();
    assert.equal(refused.status, 303);
    assert.equal(refused.headers.get("location"), "/sign-in");
  });

  test("SEC12 fifty at once each see their own page", async () => {
    const visitors = Array.from({ length: 50 }, (_, index) => {
      const visitor = auth.signIn({ name: `Visitor ${index}.` });
      if (index % 5 === 0) auth.revoke(visitor);
      return visitor;
    });
    const answers = await Promise.all(visitors.map(({ cookie }) => get("/dashboard", cookie)));
    for (const [index, answer] of answers.entries()) {
      const text = await answer.text();
      const names = new Set(text.match(/Visitor \d+\./g));
      assert.deepEqual([...names], index % 5 === 0 ? [] : [`Visitor ${index}.`]);
      assert.equal(answer.status, index % 5 === 0 ? 307 : 200);
    }
  });

  test("SEC28 are stored nowhere, whatever they answer", async () => {
    const { cookie } = auth.signIn();
    for (const [path, value] of [
      ["/dashboard", cookie],
      ["/dashboard", ""],
      ["/sign-in", cookie],
      ["/sign-in", ""],
    ] as const) {
      const { headers } = await get(path, value);
      assert.match(headers.get("cache-control") ?? "", /private.*no-store/, path);
      assert.deepEqual(headers.getSetCookie(), []);
    }
    await auth.fail("status-503");
    const { headers } = await get("/dashboard", cookie);
    assert.match(headers.get("cache-control") ?? "", /private.*no-store/);
  });
});

describe("route handlers of Next.js", () => {
  let auth: FakeBetterAuth;
  let backend: Backend;

  before(async () => {
    auth = await fakeBetterAuth();
    backend = await startNext({ authUrl: auth.url, deadlineMs: patientMs });
  });
  after(async () => {
    await backend.close();
    await auth.close();
  });

  const call = ({ cookie, user }: FakeSession, path: string, method = "GET") =>
    fetch(`${backend.origin}/api/${user.id}/${path}`, {
      method,
      redirect: "manual",
      headers: { cookie },
    });

  test("redirect() and notFound() in a handler work, and carry nothing", async () => {
    const ada = auth.signIn();
    const redirected = await call(ada, "thrown");
    assert.equal(redirected.status, 307);
    assert.equal(redirected.headers.get("location"), "/healthz");
    assert.equal(await redirected.text(), "");
    const missing = await call(ada, "thrown", "POST");
    assert.equal(missing.status, 404);
    assert.equal(await missing.text(), "");
  });

  test("SEC18 a handler gets its params as Next decodes them, once", async () => {
    const ada = auth.signIn();
    const answer = await call(ada, "files/%2541/b%2fc");
    assert.deepEqual(await answer.json(), { user_id: ada.user.id, path: ["%41", "b/c"] });
  });

  test("SEC18 a catch-all segment owns nothing: nobody passes", async () => {
    const ada = auth.signIn();
    const answer = await call(ada, `files/${ada.user.id}`, "POST");
    assert.equal(answer.status, 403);
  });
});

/** The session's token, signed with another secret. */
function forge({ cookie }: FakeSession): string {
  const [name = "", value = ""] = cookie.split("=");
  const [token = ""] = decodeURIComponent(value).split(".");
  const signature = createHmac("sha256", randomBytes(32)).update(token).digest("base64");
  return `${name}=${encodeURIComponent(`${token}.${signature}`)}`;
}
