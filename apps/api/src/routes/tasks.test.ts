import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../../test/api-server.ts";
import type { SignedUp } from "../../test/auth-server.ts";
import { createTask } from "../../test/create-task.ts";
import { taskPage } from "../task.ts";

describe("the task routes", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let tasks: string;
  let task: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
    tasks = `/api/${ada.userId}/tasks`;
    task = `${tasks}/${await createTask(api, ada, { title: "First", description: "d" })}`;
  });
  after(() => api.stop());

  it("creates a task with defaults: 201, its place and itself", async () => {
    const { status, headers, json } = await api.as(ada, {
      method: "POST",
      path: tasks,
      body: { title: "  Buy milk\n" },
    });
    assert.equal(status, 201);
    assert.partialDeepStrictEqual(json, { title: "Buy milk", description: "", completed: false });
    const found = await api.as(ada, { path: headers.location ?? "" });
    assert.deepEqual(found.json, json);
  });

  it("replaces a task with PUT: what is left out takes its default", async () => {
    const id = await createTask(api, ada, { title: "Old", description: "Old", completed: true });
    const path = `${tasks}/${id}`;
    const answer = await api.as(ada, { method: "PUT", path, body: { title: "New" } });
    assert.equal(answer.status, 200);
    assert.partialDeepStrictEqual(answer.json, { title: "New", description: "", completed: false });
  });

  it("changes a task with PATCH: what is left out stays", async () => {
    const id = await createTask(api, ada, { title: "Old", description: "Stays" });
    const path = `${tasks}/${id}`;
    const answer = await api.as(ada, { method: "PATCH", path, body: { title: "New" } });
    assert.equal(answer.status, 200);
    assert.partialDeepStrictEqual(answer.json, { title: "New", description: "Stays" });
  });

  it("sets completed, as often as it is asked to", async () => {
    const path = `${tasks}/${await createTask(api, ada, { title: "Do it" })}/complete`;
    for (const [body, completed] of [
      [undefined, true],
      [undefined, true],
      [{ completed: false }, false],
      [{ completed: true }, true],
    ] as const) {
      const answer = await api.as(ada, { method: "PATCH", path, body });
      assert.equal(answer.status, 200);
      assert.partialDeepStrictEqual(answer.json, { completed });
    }
  });

  it("deletes a task: 204, then 404", async () => {
    const path = `${tasks}/${await createTask(api, ada, { title: "Gone" })}`;
    assert.equal((await api.as(ada, { method: "DELETE", path })).status, 204);
    assert.equal((await api.as(ada, { method: "DELETE", path })).status, 404);
    assert.equal((await api.as(ada, { path })).status, 404);
  });

  it("pages through the list with the cursor of each page", async () => {
    const grace = await api.auth.signUp();
    const path = `/api/${grace.userId}/tasks`;
    for (const title of ["1", "2", "3"]) await createTask(api, grace, { title });
    const first = taskPage.parse((await api.as(grace, { path: `${path}?limit=2` })).json);
    assert.deepEqual(
      first.tasks.map(({ title }) => title),
      ["3", "2"],
    );
    const next = `${path}?limit=2&cursor=${first.next_cursor}`;
    const second = taskPage.parse((await api.as(grace, { path: next })).json);
    assert.deepEqual(
      second.tasks.map(({ title }) => title),
      ["1"],
    );
    assert.equal(second.next_cursor, null);
  });

  it("answers HEAD as GET, without the body", async () => {
    for (const path of [tasks, task]) {
      const head = await api.as(ada, { method: "HEAD", path });
      assert.equal(head.status, 200);
      assert.equal(head.text, "");
    }
  });

  it("answers 405 with the methods that it offers", async () => {
    const offered = {
      [tasks]: "GET, HEAD, POST",
      [task]: "GET, HEAD, PUT, PATCH, DELETE",
      [`${task}/complete`]: "PATCH",
    };
    for (const [path, allow] of Object.entries(offered)) {
      for (const method of [
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "TRACE",
        "PROPFIND",
        "QUERY",
      ]) {
        if (allow.split(", ").includes(method)) continue;
        const answer = await api.as(ada, { method, path });
        assert.equal(answer.status, 405, `${method} ${path}`);
        assert.equal(answer.headers.allow, allow);
        assert.partialDeepStrictEqual(answer.json, { error_code: "method_not_allowed" });
      }
    }
  });

  it("answers 404 to paths and ids that name nothing", async () => {
    const missing = [
      "01890a5d-ac96-774b-bcce-b302099a8057",
      "1",
      "not-a-uuid",
      "%00",
      "%F0%9F%9B%9F",
    ];
    for (const id of missing) {
      const requests = [
        { path: `${tasks}/${id}` },
        { method: "PUT", path: `${tasks}/${id}`, body: { title: "x" } },
        { method: "PATCH", path: `${tasks}/${id}`, body: { title: "x" } },
        { method: "PATCH", path: `${tasks}/${id}/complete` },
        { method: "DELETE", path: `${tasks}/${id}` },
      ];
      for (const sent of requests) {
        const answer = await api.as(ada, sent);
        assert.equal(answer.status, 404, `${sent.method} ${sent.path}`);
        assert.partialDeepStrictEqual(answer.json, { error_code: "not_found" });
      }
    }
    for (const path of [`/api/${ada.userId}`, `${tasks}/`, `${task}/nothing`, "/nothing", "/"]) {
      assert.equal((await api.as(ada, { path })).status, 404, path);
    }
  });
});
