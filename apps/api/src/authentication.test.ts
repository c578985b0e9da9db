import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { createTask } from "../test/create-task.ts";
import { everyRequest } from "../test/routes.ts";

describe("authentication of every route", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let taskId: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp("ada");
    taskId = await createTask(api, ada, { title: "Mine" });
  });
  after(() => api.stop());

  async function assertRefused(
    headers: Record<string, string | string[]>,
    status: number,
    errorCode: string,
  ) {
    const tasksBefore = await api.allTasks();
    for (const sent of everyRequest(ada.userId, taskId)) {
      const answer = await api.send({ ...sent, headers });
      assert.equal(answer.status, status, `${sent.method} ${sent.path}`);
      if (sent.method !== "HEAD") {
        assert.partialDeepStrictEqual(answer.json, { error_code: errorCode, status });
      }
      const challenge = answer.headers["www-authenticate"];
      assert.equal(challenge?.startsWith('Session realm="tasks"') ?? false, status === 401);
      assert.equal(answer.headers["retry-after"], status === 503 ? "1" : undefined);
    }
    assert.deepEqual(await api.allTasks(), tasksBefore);
  }

  const name = "better-auth.session_token";
  const value = () => ada.cookie.slice(name.length + 1);
  const forged = () =>
    `${name}=${encodeURIComponent(`${"t".repeat(32)}.${Buffer.alloc(32, 7).toString("base64")}`)}`;

  const invalidSessions: [
    what: string,
    code: string,
    headers: () => Record<string, string | string[]>,
  ][] = [
    ["no credential", "credentials_missing", () => ({})],
    ["another cookie", "credentials_missing", () => ({ cookie: "theme=dark" })],
    [
      "the session in an Authorization header",
      "credentials_missing",
      () => ({ authorization: `Bearer ${value()}` }),
    ],
    [
      "SEC17 the name of https",
      "credentials_missing",
      () => ({ cookie: `__Secure-${ada.cookie}` }),
    ],
    [
      "SEC17 the name in another case",
      "credentials_missing",
      () => ({ cookie: `Better-Auth.Session_Token=${value()}` }),
    ],
    [
      "SEC17 a session_data twin alone",
      "credentials_missing",
      () => ({ cookie: `better-auth.session_data=${value()}` }),
    ],
    ["an empty value", "credentials_malformed", () => ({ cookie: `${name}=` })],
    ["garbage", "credentials_malformed", () => ({ cookie: `${name}=garbage` })],
    ["a truncated value", "credentials_malformed", () => ({ cookie: ada.cookie.slice(0, -9) })],
    [
      "SEC17 two different values",
      "credentials_malformed",
      () => ({ cookie: `${ada.cookie}; ${forged()}` }),
    ],
    ["a forged session", "session_invalid", () => ({ cookie: forged() })],
    [
      "a tampered token",
      "session_invalid",
      () => ({ cookie: `${name}=${value()[0] === "x" ? "y" : "x"}${value().slice(1)}` }),
    ],
    [
      "SEC21 headers that claim an identity",
      "credentials_missing",
      () => ({
        "x-user-id": ada.userId,
        "x-forwarded-user": ada.userId,
        "x-sallyport-key": api.auth.serviceKey,
        "x-middleware-subrequest": "middleware",
      }),
    ],
  ];
  for (const [what, code, headers] of invalidSessions) {
    it(`SEC11 SEC19 refuses with 401, on every route, ${what}, and changes nothing`, () =>
      assertRefused(headers(), 401, code));
  }

  it("SEC12 refuses a session from the first request after its sign-out", async () => {
    const session = await api.auth.signIn("ada");
    assert.equal((await api.as(session, { path: `/api/${ada.userId}/tasks` })).status, 200);
    await api.auth.signOut(session);
    await assertRefused({ cookie: session.cookie }, 401, "session_invalid");
  });

  it("SEC12 refuses a session from the moment it expires", async () => {
    const session = await api.auth.signIn("ada");
    const row = api.auth.rows.session.at(-1);
    assert.ok(row);
    row.expiresAt = new Date(Date.now() - 1);
    await assertRefused({ cookie: session.cookie }, 401, "session_invalid");
  });

  it("SEC12 refuses a session whose user was deleted", async () => {
    const user = await api.auth.signUp();
    api.auth.rows.user.pop();
    const answer = await api.as(user, { path: `/api/${user.userId}/tasks` });
    assert.equal(answer.status, 401);
  });

  it("SEC14 answers 503 on every route while the authority is down, writes nothing, and recovers", async () => {
    await api.auth.stop();
    await assertRefused({ cookie: ada.cookie }, 503, "authority_unavailable");
    const ready = await api.send({ path: "/readyz" });
    assert.deepEqual(ready.json, { status: "ready", authority: "unavailable" });
    await api.auth.resume();
    const deadline = Date.now() + 20_000;
    let status: number;
    do {
      status = (await api.as(ada, { path: `/api/${ada.userId}/tasks` })).status;
    } while (status === 503 && Date.now() < deadline);
    assert.equal(status, 200);
    assert.deepEqual((await api.send({ path: "/readyz" })).json, {
      status: "ready",
      authority: "ok",
    });
  });

  it("judges an undecodable path before the credential, and the credential before the route", async () => {
    assert.equal((await api.send({ path: "/api/%zz/tasks" })).status, 400);
    assert.equal((await api.send({ path: `/api/${ada.userId}/nothing` })).status, 401);
    assert.equal((await api.send({ method: "PUT", path: `/api/${ada.userId}/tasks` })).status, 401);
    assert.equal(
      (await api.send({ method: "TRACE", path: `/api/${ada.userId}/tasks` })).status,
      401,
    );
  });
});
