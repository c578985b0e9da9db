import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import * as z from "zod";
import { type ApiServer, type Sent, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";

const line = z.strictObject({
  level: z.int(),
  time: z.iso.datetime(),
  app: z.literal("api"),
  request_id: z.string(),
  method: z.string(),
  path: z.string(),
  status: z.int(),
  duration_ms: z.number(),
  user_id: z.string().optional(),
  error_code: z.string().optional(),
  cause: z.string().optional(),
  msg: z.literal("request"),
});

describe("the request log", () => {
  let api: ApiServer;
  let ada: SignedUp;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
  });
  after(() => api.stop());

  async function logged(sent: Sent) {
    api.logLines.length = 0;
    const answer = await api.send(sent);
    assert.equal(api.logLines.length, 1);
    const entry = line.parse(JSON.parse(api.logLines[0] ?? ""));
    assert.equal(entry.request_id, answer.headers["x-request-id"]);
    assert.equal(entry.status, answer.status);
    return entry;
  }

  it("has one line for a request: method, route, status, user, duration", async () => {
    const entry = await logged({
      path: `/api/${ada.userId}/tasks?limit=1`,
      headers: { cookie: ada.cookie, "x-request-id": "from-the-client" },
    });
    assert.partialDeepStrictEqual(entry, {
      request_id: "from-the-client",
      method: "GET",
      path: "/api/:user_id/tasks",
      status: 200,
      user_id: ada.userId,
    });
  });

  it("SEC29 says why a request was refused, and to whom", async () => {
    const path = "/api/someone-else/tasks";
    assert.partialDeepStrictEqual(await logged({ path }), {
      status: 401,
      error_code: "credentials_missing",
    });
    assert.partialDeepStrictEqual(await logged({ path, headers: { cookie: ada.cookie } }), {
      status: 403,
      error_code: "user_mismatch",
      user_id: ada.userId,
    });
    await api.auth.stop();
    const down = await logged({ path, headers: { cookie: ada.cookie } });
    assert.equal(down.error_code, "authority_unavailable");
    assert.match(down.cause ?? "", /ECONNREFUSED/);
    await api.auth.resume();
  });

  it("SEC29 has no cookie, token, body or query, and no raw control character", async () => {
    api.logLines.length = 0;
    const secret = "hush-hush";
    const headers = { cookie: ada.cookie, authorization: `Bearer ${secret}`, "x-api-key": secret };
    const path = `/api/${ada.userId}/tasks`;
    const hostile: Sent[] = [
      { path: `${path}?token=${secret}` },
      { path: `${path}/${secret}` },
      { path: `/${secret}/%0a%1b[31m` },
      { path: `/api/%0d%0a%00${secret}/tasks` },
      { path, headers: { "x-request-id": `x\t${secret}` } },
      { path, headers: { cookie: `better-auth.session_token=${secret}` } },
      { method: "POST", path, body: { title: secret, [secret]: 1 } },
      { method: "POST", path, body: `{"${secret}` },
    ];
    for (const sent of hostile) {
      await api.send({ ...sent, headers: { ...headers, ...sent.headers } });
    }
    const log = api.logLines.join("");
    assert.equal(api.logLines.length, hostile.length);
    const [, token = ""] = ada.cookie.split("=");
    assert.ok(!log.includes(token) && !log.includes(decodeURIComponent(token)));
    assert.ok(!log.includes(api.auth.serviceKey));
    assert.doesNotMatch(log, new RegExp(secret));
    for (const text of api.logLines) assert.doesNotMatch(text.trimEnd(), /\p{Cc}/u);
  });
});
