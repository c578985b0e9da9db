import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import { after, before, beforeEach, describe, it } from "node:test";
import { sendFromPage, sendWithCookie } from "./send-to-api.ts";
import { createTaskClient, type TaskClient } from "./task-client.ts";

interface Reply {
  status: number;
  body?: string;
  headers?: Record<string, string>;
}

const draft = { title: "t", description: "d", due_on: "2026-12-01" };
const task = {
  ...draft,
  id: "1",
  completed: false,
  created_at: "2026-11-21T00:00:00.000Z",
};

/** Answers that the real api gives rarely, and some that it never gives. */
describe("the task client", () => {
  let reply: Reply | "never" = { status: 200 };
  let seen: { method?: string; url?: string; headers: IncomingHttpHeaders; body: string }[] = [];
  let apiUrl = "";
  let client: TaskClient;
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request.setEncoding("utf8")) body += chunk;
    const { method = "", url = "", headers } = request;
    seen.push({ method, url, headers, body });
    if (reply === "never") return;
    response.writeHead(reply.status, reply.headers).end(reply.body);
  });
  before(async () => {
    server.listen(0, "localhost");
    await once(server, "listening");
    const address = server.address();
    assert.ok(address !== null && typeof address === "object");
    apiUrl = `http://localhost:${address.port}`;
    client = createTaskClient({
      apiUrl,
      userId: "a/b",
      deadlineMs: 500,
      send: sendWithCookie("a=b"),
    });
  });
  beforeEach(() => {
    seen = [];
  });
  after(() => {
    server.close();
    server.closeAllConnections();
  });

  it("reads a page, with the user's id as one path segment and nothing of a request but its cookie", async () => {
    reply = { status: 200, body: JSON.stringify({ tasks: [task], next_cursor: "n" }) };
    const result = await client.list({
      status: "overdue",
      q: "a&b",
      today: "2026-11-21",
      cursor: "c&d",
      limit: 100,
    });
    assert.deepEqual(result, { ok: true, value: { tasks: [task], next_cursor: "n" } });
    assert.equal(
      seen[0]?.url,
      "/api/a%2Fb/tasks?status=overdue&q=a%26b&today=2026-11-21&cursor=c%26d&limit=100",
    );
    assert.equal(seen[0]?.headers.cookie, "a=b");
    assert.equal(seen[0]?.headers.authorization, undefined);
  });

  it("creates, changes, completes, deletes and restores as the api's contract says", async () => {
    reply = { status: 200, body: JSON.stringify(task) };
    await client.create(draft);
    await client.update("1", draft);
    await client.setCompleted("1", false);
    await client.restore("1");
    reply = { status: 204 };
    assert.deepEqual(await client.delete("1"), { ok: true, value: undefined });
    await client.deleteAll();
    assert.deepEqual(
      seen.map(({ method, url, body }) => `${method} ${url} ${body}`),
      [
        `POST /api/a%2Fb/tasks ${JSON.stringify(draft)}`,
        `PATCH /api/a%2Fb/tasks/1 ${JSON.stringify(draft)}`,
        'PATCH /api/a%2Fb/tasks/1/complete {"completed":false}',
        "POST /api/a%2Fb/tasks/1/restore ",
        "DELETE /api/a%2Fb/tasks/1 ",
        "DELETE /api/a%2Fb ",
      ],
    );
  });

  const failures: [what: string, reply: Reply, kind: string][] = [
    ["401", { status: 401 }, "unauthenticated"],
    ["403", { status: 403 }, "forbidden"],
    ["404", { status: 404 }, "not_found"],
    ["429", { status: 429 }, "unavailable"],
    ["500", { status: 500, body: "<html>" }, "unavailable"],
    ["503", { status: 503, headers: { "Retry-After": "1" } }, "unavailable"],
    [
      "a redirect, which it does not follow",
      { status: 302, headers: { location: "/" } },
      "unavailable",
    ],
    [
      "200 with something that is no page of tasks",
      { status: 200, body: '{"tasks":1}' },
      "unexpected",
    ],
    ["200 with something that is no JSON", { status: 200, body: "<html>" }, "unexpected"],
    ["400", { status: 400 }, "unexpected"],
  ];
  for (const [what, answer, kind] of failures) {
    it(`calls ${what} ${kind}`, async () => {
      reply = answer;
      assert.deepEqual(await client.list(), { ok: false, failure: { kind } });
      assert.equal(seen.length, 1);
    });
  }

  it("tells which field a 422 is about", async () => {
    const errors = [{ path: "title", message: "Must not be empty" }];
    reply = { status: 422, body: JSON.stringify({ status: 422, errors }) };
    assert.deepEqual(await client.create({ ...draft, title: "" }), {
      ok: false,
      failure: { kind: "invalid", fields: { title: "Must not be empty." } },
    });
  });

  it("calls it unavailable when no answer comes before the deadline, or nobody listens", async () => {
    reply = "never";
    const unavailable = { ok: false, failure: { kind: "unavailable" } };
    assert.deepEqual(await client.list(), unavailable);
    const nowhere = createTaskClient({
      apiUrl: "http://localhost:1",
      userId: "a",
      deadlineMs: 500,
      send: sendFromPage,
    });
    assert.deepEqual(await nowhere.list(), unavailable);
  });
});
