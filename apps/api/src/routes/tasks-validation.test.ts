import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../../test/api-server.ts";
import type { SignedUp } from "../../test/auth-server.ts";
import { createTask } from "../../test/create-task.ts";

describe("validation of the task routes", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let tasks: string;
  let task: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
    tasks = `/api/${ada.userId}/tasks`;
    task = `${tasks}/${await createTask(api, ada, { title: "First" })}`;
  });
  after(() => api.stop());

  /** Every request of this body is refused with 422, says where, and changes nothing. */
  async function assertInvalid(body: unknown, path: string, targets: [string, string][]) {
    const before = await api.allTasks();
    for (const [method, target] of targets) {
      const answer = await api.as(ada, { method, path: target, body });
      assert.equal(answer.status, 422, `${method} ${JSON.stringify(body)}`);
      assert.partialDeepStrictEqual(answer.json, {
        error_code: "validation_failed",
        errors: [{ path }],
      });
    }
    assert.deepEqual(await api.allTasks(), before);
  }
  const writes = (): [string, string][] => [
    ["POST", tasks],
    ["PUT", task],
    ["PATCH", task],
  ];

  const invalidFields: [what: string, body: unknown, path: string][] = [
    ["an empty title", { title: "" }, "title"],
    ["a title of white space", { title: " \t\n\u00a0" }, "title"],
    ["a title of 201 characters", { title: "x".repeat(201) }, "title"],
    ["a title of 201 emoji", { title: "🛟".repeat(201) }, "title"],
    ["a title that is no text", { title: 7 }, "title"],
    ["a title of null", { title: null }, "title"],
    ["SEC24 a NUL in a title", { title: "a\0b" }, "title"],
    ["SEC24 a lone surrogate in a title", { title: "a\ud800b" }, "title"],
    [
      "a description of 2001 characters",
      { title: "t", description: "x".repeat(2001) },
      "description",
    ],
    ["SEC24 a NUL in a description", { title: "t", description: "\0" }, "description"],
    ["completed as text", { title: "t", completed: "true" }, "completed"],
    ["a day that does not exist", { title: "t", due_on: "2026-02-29" }, "due_on"],
    ["a day of the year 0", { title: "t", due_on: "0000-01-01" }, "due_on"],
    ["a time as a day", { title: "t", due_on: "2026-02-28T00:00:00Z" }, "due_on"],
    ["a word as a day", { title: "t", due_on: "today" }, "due_on"],
    ["an empty day", { title: "t", due_on: "" }, "due_on"],
    ["a number as a day", { title: "t", due_on: 20260228 }, "due_on"],
    ["SEC22 deleted_at", { title: "t", deleted_at: null }, "deleted_at"],
    ["SEC22 user_id", { title: "t", user_id: "eve" }, "user_id"],
    ["SEC22 id", { title: "t", id: "01890a5d-ac96-774b-bcce-b302099a8057" }, "id"],
    ["SEC22 owner", { title: "t", owner: "eve" }, "owner"],
    [
      "SEC25 constructor",
      { title: "t", constructor: { prototype: { admin: true } } },
      "constructor",
    ],
    ["SEC25 toString", { title: "t", toString: "x" }, "toString"],
    ["a list", [], ""],
    ["a text", '"text"', ""],
  ];
  for (const [what, body, path] of invalidFields) {
    it(`refuses ${what}, in POST, PUT and PATCH alike`, () => assertInvalid(body, path, writes()));
  }

  it("refuses POST and PUT without a title, and PATCH of nothing", async () => {
    await assertInvalid({ completed: true }, "title", writes().slice(0, 2));
    await assertInvalid({}, "", writes().slice(2));
  });

  it("refuses anything but completed in a completion", async () => {
    for (const [body, path] of [
      [{}, "completed"],
      [{ completed: 1 }, "completed"],
      [{ completed: true, title: "x" }, "title"],
    ] as const) {
      await assertInvalid(body, path, [["PATCH", `${task}/complete`]]);
    }
  });

  it("SEC25 treats __proto__ in a body as any unknown field, or as nothing", async () => {
    const body = '{"title":"t","__proto__":{"completed":true,"user_id":"eve"}}';
    const answer = await api.as(ada, { method: "POST", path: tasks, body });
    assert.ok([201, 422].includes(answer.status));
    assert.doesNotMatch(answer.text, /"completed":true/);
    assert.equal(Object.hasOwn(Object.prototype, "completed"), false);
  });

  it("accepts a title of 200 characters, whatever their size", async () => {
    for (const title of ["x".repeat(200), "🛟".repeat(200), ` ${"é".repeat(200)} `]) {
      await createTask(api, ada, { title, description: "🛟".repeat(2000) });
    }
  });

  const invalidQueries = [
    "status=done",
    "status=",
    "status=open&status=completed",
    "limit=0",
    "limit=101",
    "limit=-1",
    "limit=1.5",
    "limit=ten",
    "limit=1e1",
    "limit=%2010",
    "limit=010",
    "limit=%00",
    "limit=1&limit=2",
    "cursor=a&cursor=b",
    "today=",
    "today=now",
    "today=2026-02-30",
    "today=2026-1-1",
    "today=0000-01-01",
    "today=infinity",
    "today=2026-01-01T00:00:00Z",
    `q=${"x".repeat(201)}`,
    "q=%00",
    "q=a&q=b",
  ];
  for (const query of invalidQueries) {
    it(`refuses ?${query.slice(0, 40)} with 422`, async () => {
      const answer = await api.as(ada, { path: `${tasks}?${query}` });
      assert.equal(answer.status, 422);
      assert.partialDeepStrictEqual(answer.json, { errors: [{ path: query.split("=")[0] }] });
    });
  }

  it("refuses a cursor that it did not write with 400", async () => {
    for (const cursor of ["", "x", "%00", "%zz", "null", "9".repeat(4000), "__proto__"]) {
      const answer = await api.as(ada, { path: `${tasks}?cursor=${cursor}` });
      assert.equal(answer.status, 400, cursor);
      assert.partialDeepStrictEqual(answer.json, { error_code: "malformed_request" });
    }
  });

  it("SEC25 ignores query parameters that it does not know", async () => {
    const answer = await api.as(ada, {
      path: `${tasks}?__proto__=x&constructor=y&user_id=eve&a[b]=c`,
    });
    assert.equal(answer.status, 200);
  });

  it("judges the body before whether the task exists", async () => {
    const path = `${tasks}/not-a-uuid`;
    assert.equal((await api.as(ada, { method: "PUT", path, body: {} })).status, 422);
  });
});
