import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, apiOrigin, startApiServer, webOrigin } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { createTask } from "../test/create-task.ts";
import { mintToken } from "../test/mint-token.ts";
import { everyRequest } from "../test/routes.ts";

describe("the api in token mode", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let eve: SignedUp;
  let tasks: string;
  let taskId: string;
  let token: string;

  before(async () => {
    api = await startApiServer("jwt");
    ada = await api.auth.signUp("ada");
    eve = await api.auth.signUp("eve");
    tasks = `/api/${ada.userId}/tasks`;
    taskId = await createTask(api, ada, { title: "Ada's" });
    token = await api.auth.issueToken(ada);
  });
  after(() => api.stop());

  const nowSeconds = () => Math.floor(Date.now() / 1_000);
  const claims = (changes: object = {}) => ({
    sub: ada.userId,
    uid: ada.userId,
    sid: "a-session",
    iss: api.auth.url,
    aud: apiOrigin,
    iat: nowSeconds(),
    exp: nowSeconds() + 300,
    jti: "a-token",
    ...changes,
  });
  const minted = (changes?: object, secret = api.auth.secret) => mintToken(secret, claims(changes));
  const bearer = (credential: string) => ({ authorization: `Bearer ${credential}` });

  async function assertRefused(headers: Record<string, string | string[]>, errorCode: string) {
    const tasksBefore = await api.allTasks();
    for (const sent of everyRequest(ada.userId, taskId)) {
      const answer = await api.send({ ...sent, headers });
      assert.equal(answer.status, 401, `${sent.method} ${sent.path}`);
      if (sent.method !== "HEAD") {
        assert.partialDeepStrictEqual(answer.json, { error_code: errorCode, status: 401 });
      }
      assert.equal(
        answer.headers["www-authenticate"],
        errorCode === "credentials_missing"
          ? 'Bearer realm="tasks"'
          : 'Bearer realm="tasks", error="invalid_token"',
      );
    }
    assert.deepEqual(await api.allTasks(), tasksBefore);
  }

  const refused: [what: string, code: string, headers: () => Record<string, string | string[]>][] =
    [
      ["no credential", "credentials_missing", () => ({})],
      ["a good session cookie", "credentials_missing", () => ({ cookie: ada.cookie })],
      ["a token in a cookie", "credentials_missing", () => ({ cookie: `access_token=${token}` })],
      ["a token in another header", "credentials_missing", () => ({ "x-access-token": token })],
      [
        "two Authorization headers",
        "credentials_malformed",
        () => ({ authorization: [`Bearer ${token}`, `Bearer ${token}`] }),
      ],
      ["garbage", "credentials_malformed", () => bearer("garbage")],
      ["a session cookie's value", "credentials_malformed", () => bearer(ada.cookie)],
      ["a token of yesterday", "token_expired", () => bearer(minted({ iat: 1_000, exp: 1_300 }))],
      [
        "a token of another secret",
        "token_invalid",
        () => bearer(minted({}, "another secret, of another deployment, not ours")),
      ],
      ["a token of another issuer", "token_invalid", () => bearer(minted({ iss: webOrigin }))],
      ["a token for another api", "token_invalid", () => bearer(minted({ aud: webOrigin }))],
      ["a uid that is not the subject", "token_invalid", () => bearer(minted({ uid: eve.userId }))],
      [
        "a token with alg none",
        "token_invalid",
        () => bearer(mintToken(api.auth.secret, claims(), { alg: "none", typ: "at+jwt" })),
      ],
      [
        "a token of Better Auth's own, for another use",
        "token_invalid",
        () => bearer(mintToken(api.auth.secret, claims(), { alg: "HS256" })),
      ],
    ];
  for (const [what, code, headers] of refused) {
    it(`SEC1 SEC11 refuses with 401, on every route, ${what}, and changes nothing`, () =>
      assertRefused(headers(), code));
  }

  it("SEC1 takes no token from the query", async () => {
    const { status } = await api.send({ path: `${tasks}?access_token=${token}` });
    assert.equal(status, 401);
  });

  it("takes the token of Better Auth, and one minted with the secret by anyone", async () => {
    for (const credential of [token, minted()]) {
      const { status } = await api.send({ path: tasks, headers: bearer(credential) });
      assert.equal(status, 200);
    }
  });

  it("looks at no cookie beside a token, whosever it is", async () => {
    const name = "better-auth.session_token";
    for (const cookie of [eve.cookie, `${name}=`, `${name}=a; ${name}=b`, "x".repeat(8_000)]) {
      const headers = { ...bearer(token), cookie };
      const answer = await api.send({ path: tasks, headers });
      assert.equal(answer.status, 200);
      assert.match(answer.text, /Ada's/);
    }
  });

  it("needs nobody: a token counts while Better Auth is away, and after its session has ended", async () => {
    const gone = await api.auth.signIn("ada");
    const outliving = await api.auth.issueToken(gone);
    await api.auth.signOut(gone);
    await api.auth.stop();
    try {
      for (const sent of everyRequest(ada.userId, taskId).slice(0, 2)) {
        assert.equal((await api.send({ ...sent, headers: bearer(outliving) })).status, 200);
      }
      assert.equal((await api.send({ path: tasks })).status, 401);
      const ready = await api.send({ path: "/readyz" });
      assert.deepEqual(ready.json, { status: "ready", authority: "ok" });
    } finally {
      await api.auth.resume();
    }
  });

  it("SEC9 SEC11 refuses another user's path with 403 on every route, and changes nothing", async () => {
    const tasksBefore = await api.allTasks();
    for (const sent of everyRequest(ada.userId, taskId)) {
      const answer = await api.as(eve, sent);
      assert.equal(answer.status, 403, `${sent.method} ${sent.path}`);
      if (sent.method !== "HEAD") {
        assert.partialDeepStrictEqual(answer.json, { error_code: "user_mismatch" });
      }
    }
    for (const path of [tasks.toUpperCase(), `/api/${ada.userId}%20/tasks`, `/api/x/../${tasks}`]) {
      const { status } = await api.as(eve, { path });
      assert.ok(status >= 400 && status < 500, `${path} answered ${status}`);
    }
    assert.deepEqual(await api.allTasks(), tasksBefore);
  });

  it("SEC20 answers 404 to another's task under one's own path", async () => {
    for (const sent of everyRequest(eve.userId, taskId)) {
      if (!sent.path.includes(taskId)) continue;
      assert.equal((await api.as(eve, sent)).status, 404, `${sent.method} ${sent.path}`);
    }
  });

  it("SEC26 needs no origin check: nothing that a browser sends by itself counts", async () => {
    const from = { origin: "http://evil.example" };
    const write = { method: "POST", path: tasks, body: { title: "Written" } };
    const ambient = await api.send({ ...write, headers: { ...from, cookie: ada.cookie } });
    assert.equal(ambient.status, 401);
    const carried = await api.send({ ...write, headers: { ...from, ...bearer(token) } });
    assert.equal(carried.status, 201);
    assert.equal(carried.headers["access-control-allow-origin"], undefined);
  });

  it("SEC27 lets the web app's pages read, and send a token but no cookie", async () => {
    const headers = { origin: webOrigin, "access-control-request-method": "PATCH" };
    const preflight = await api.send({ method: "OPTIONS", path: tasks, headers });
    assert.equal(preflight.status, 204);
    assert.match(preflight.headers["access-control-allow-headers"] ?? "", /Authorization/);
    const read = await api.as(ada, { path: tasks, headers: { origin: webOrigin } });
    for (const answer of [preflight, read]) {
      assert.equal(answer.headers["access-control-allow-origin"], webOrigin);
      assert.equal(answer.headers["access-control-allow-credentials"], undefined);
    }
  });

  it("describes itself as it is", async () => {
    const { json } = await api.send({ path: "/openapi.json" });
    assert.partialDeepStrictEqual(json, {
      components: { securitySchemes: { token: { type: "http", scheme: "bearer" } } },
    });
  });
});
