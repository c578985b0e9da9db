import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../../test/api-server.ts";
import type { SignedUp } from "../../test/auth-server.ts";
import { createTask } from "../../test/create-task.ts";
import { task as taskOnTheWire, taskPage } from "../task.ts";

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
    assert.partialDeepStrictEqual(json, {
      title: "Buy milk",
      description: "",
      completed: false,
      due_on: null,
    });
    const found = await api.as(ada, { path: headers.location ?? "" });
    assert.deepEqual(found.json, json);
  });

  it("replaces a task with PUT: what is left out takes its default", async () => {
    const id = await createTask(api, ada, {
      title: "Old",
      description: "Old",
      completed: true,
      due_on: "2026-12-31",
    });
    const path = `${tasks}/${id}`;
    const answer = await api.as(ada, { method: "PUT", path, body: { title: "New" } });
    assert.equal(answer.status, 200);
    assert.partialDeepStrictEqual(answer.json, {
      title: "New",
      description: "",
      completed: false,
      due_on: null,
    });
  });

  it("changes a task with PATCH: what is left out stays", async () => {
    const id = await createTask(api, ada, { title: "Old", description: "Stays" });
    const path = `${tasks}/${id}`;
    const answer = await api.as(ada, { method: "PATCH", path, body: { title: "New" } });
    assert.equal(answer.status, 200);
    assert.partialDeepStrictEqual(answer.json, { title: "New", description: "Stays" });
  });

  it("gives a task a day, changes it, and takes it away with null", async () => {
    const path = `${tasks}/${await createTask(api, ada, { title: "Pay", due_on: "2024-02-29" })}`;
    const due = async () => taskOnTheWire.parse((await api.as(ada, { path })).json).due_on;
    assert.equal(await due(), "2024-02-29");
    for (const due_on of ["9999-12-31", "0001-01-01", null]) {
      const answer = await api.as(ada, { method: "PATCH", path, body: { due_on } });
      assert.partialDeepStrictEqual(answer.json, { title: "Pay", due_on });
      assert.equal(await due(), due_on);
    }
  });

  it("lists what is overdue on the caller's own day, and what holds a text", async () => {
    const grace = await api.auth.signUp();
    for (const [title, due_on] of [
      ["Pay rent", "2026-03-01"],
      ["Pay tax", "2026-03-02"],
      ["Call", null],
    ]) {
      await createTask(api, grace, { title, due_on });
    }
    const titles = async (query: string) => {
      const { json } = await api.as(grace, { path: `/api/${grace.userId}/tasks?${query}` });
      return taskPage.parse(json).tasks.map(({ title }) => title);
    };
    assert.deepEqual(await titles("status=overdue&today=2026-03-02"), ["Pay rent"]);
    assert.deepEqual(await titles("status=overdue&today=2026-03-03"), ["Pay tax", "Pay rent"]);
    assert.deepEqual(await titles("status=overdue&today=2026-03-03&q=%20TAX%20"), ["Pay tax"]);
    for (const nothing of ["q=", "q=%20%09"]) {
      assert.deepEqual(await titles(nothing), ["Call", "Pay tax", "Pay rent"]);
    }
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

  it("restores a deleted task as it was, as often as it is asked to", async () => {
    const id = await createTask(api, ada, { title: "Kept", due_on: "2026-12-31" });
    const path = `${tasks}/${id}`;
    const before = (await api.as(ada, { path: tasks })).json;
    assert.equal((await api.as(ada, { method: "DELETE", path })).status, 204);
    assert.doesNotMatch((await api.as(ada, { path: tasks })).text, /Kept/);
    for (const attempt of ["the first", "a retry"]) {
      const answer = await api.as(ada, { method: "POST", path: `${path}/restore` });
      assert.equal(answer.status, 200, attempt);
      assert.partialDeepStrictEqual(answer.json, { id, title: "Kept", due_on: "2026-12-31" });
    }
    assert.deepEqual((await api.as(ada, { path: tasks })).json, before);
  });

  it("deletes all tasks of the user for good: 204, however often", async () => {
    const grace = await api.auth.signUp();
    const path = `/api/${grace.userId}`;
    const id = await createTask(api, grace, { title: "Deleted before" });
    await api.as(grace, { method: "DELETE", path: `${path}/tasks/${id}` });
    await createTask(api, grace, { title: "There" });
    for (const attempt of ["the first", "a retry"]) {
      assert.equal((await api.as(grace, { method: "DELETE", path })).status, 204, attempt);
    }
    const { json } = await api.as(grace, { path: `${path}/tasks` });
    assert.deepEqual(json, { tasks: [], next_cursor: null });
    const restore = { method: "POST", path: `${path}/tasks/${id}/restore` };
    assert.equal((await api.as(grace, restore)).status, 404);
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
      [`${task}/restore`]: "POST",
      [`/api/${ada.userId}`]: "DELETE",
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
        { method: "POST", path: `${tasks}/${id}/restore` },
      ];
      for (const sent of requests) {
        const answer = await api.as(ada, sent);
        assert.equal(answer.status, 404, `${sent.method} ${sent.path}`);
        assert.partialDeepStrictEqual(answer.json, { error_code: "not_found" });
      }
    }
    for (const path of [`/api/${ada.userId}/`, `${tasks}/`, `${task}/nothing`, "/nothing", "/"]) {
      assert.equal((await api.as(ada, { path })).status, 404, path);
    }
  });
});
