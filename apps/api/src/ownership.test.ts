import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { createTask } from "../test/create-task.ts";
import { everyRequest } from "../test/routes.ts";

describe("ownership", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let eve: SignedUp;
  let adasTask: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
    eve = await api.auth.signUp();
    adasTask = await createTask(api, ada, { title: "Ada's" });
  });
  after(() => api.stop());

  for (const index of everyRequest("", "").keys()) {
    const [shape = { method: "", path: "" }] = everyRequest("{other}", "{id}").slice(index);
    it(`SEC9 SEC11 refuses ${shape.method} ${shape.path} with 403 and changes nothing`, async () => {
      const before = await api.allTasks();
      const [sent] = everyRequest(ada.userId, adasTask).slice(index);
      assert.ok(sent);
      const answer = await api.as(eve, sent);
      assert.equal(answer.status, 403);
      if (sent.method !== "HEAD") {
        assert.partialDeepStrictEqual(answer.json, { error_code: "user_mismatch" });
      }
      assert.deepEqual(await api.allTasks(), before);
    });
  }

  it("SEC11 gives the same 403 whether or not the other user exists", async () => {
    const [existing, missing] = await Promise.all(
      [ada.userId, "nobody-at-all"].map((userId) => api.as(eve, { path: `/api/${userId}/tasks` })),
    );
    const same = (text = "") => text.replace(/"request_id":"[^"]+"/, "");
    assert.equal(missing?.status, 403);
    assert.equal(same(existing?.text), same(missing?.text));
  });

  it("SEC20 answers 404 to another's task under one's own path, and leaves it unchanged", async () => {
    const before = await api.allTasks();
    const own = everyRequest(eve.userId, adasTask).filter(({ path }) => path.includes(adasTask));
    assert.equal(own.length, 7);
    for (const sent of own) {
      const answer = await api.as(eve, sent);
      assert.equal(answer.status, 404, `${sent.method} ${sent.path}`);
    }
    assert.deepEqual(await api.allTasks(), before);
  });

  it("SEC20 restores no deleted task of another, and deletes all of one's own tasks alone", async () => {
    const deleted = await createTask(api, ada, { title: "Ada's, deleted" });
    await api.as(ada, { method: "DELETE", path: `/api/${ada.userId}/tasks/${deleted}` });
    await createTask(api, eve, { title: "Eve's" });
    const before = await api.allTasks();
    const restore = (owner: SignedUp) =>
      api.as(eve, { method: "POST", path: `/api/${owner.userId}/tasks/${deleted}/restore` });
    assert.equal((await restore(ada)).status, 403);
    assert.equal((await restore(eve)).status, 404);
    assert.deepEqual(await api.allTasks(), before);
    const all = await api.as(eve, { method: "DELETE", path: `/api/${eve.userId}` });
    assert.equal(all.status, 204);
    assert.deepEqual(
      await api.allTasks(),
      before.filter(({ user_id }) => user_id !== eve.userId),
    );
  });

  it("SEC20 lists one's own tasks alone", async () => {
    await createTask(api, eve, { title: "Eve's" });
    const answer = await api.as(eve, { path: `/api/${eve.userId}/tasks` });
    assert.match(answer.text, /Eve's/);
    assert.doesNotMatch(answer.text, /Ada's/);
  });

  it("SEC18 reads no other spelling of a path as one's own", async () => {
    const before = await api.allTasks();
    const a = ada.userId;
    const e = eve.userId;
    const spellings = [
      `/api/${e}/../${a}/tasks`,
      `/api/${e}/%2e%2e/${a}/tasks`,
      `/api/${e}/..%2f${a}/tasks`,
      `/api/${e}%2f..%2f${a}/tasks`,
      `/api/${e}/tasks/../../${a}/tasks`,
      `/api/${e}\\..\\${a}/tasks`,
      `/api/${e}%5c..%5c${a}/tasks`,
      `//api/${a}/tasks`,
      `/api//${a}/tasks`,
      `/api/${e};/../${a}/tasks`,
      `/api/${a};x=${e}/tasks`,
      `/api/${a}%00/tasks`,
      `/api/${a}%20/tasks`,
      `/api/${a.toUpperCase()}/tasks`,
      `/api/%25${a.charCodeAt(0).toString(16)}${a.slice(1)}/tasks`,
      `/api/%${a.charCodeAt(0).toString(16)}${a.slice(1)}/tasks`,
      `/api/${e}/tasks/${adasTask}%2fcomplete`,
      `http://localhost/api/${a}/tasks`,
      `/api/${a}/tasks?user_id=${e}`,
      `/api/${a}/tasks#/api/${e}/tasks`,
    ];
    for (const path of spellings) {
      for (const method of ["GET", "DELETE", "POST"]) {
        const sent = { method, path, ...(method === "POST" && { body: { title: "Intruder" } }) };
        const { status, text } = await api.as(eve, sent);
        assert.ok(status >= 400 && status < 500, `${method} ${path} answered ${status}`);
        assert.doesNotMatch(text, /Ada's/, path);
      }
    }
    assert.deepEqual(await api.allTasks(), before);
  });

  it("SEC21 heeds no header that claims an identity, a path or a method", async () => {
    const before = await api.allTasks();
    const headers = {
      "x-user-id": ada.userId,
      "x-forwarded-user": ada.userId,
      "x-original-url": `/api/${ada.userId}/tasks`,
      "x-rewrite-url": `/api/${ada.userId}/tasks`,
      "x-forwarded-uri": `/api/${ada.userId}/tasks`,
      "x-http-method-override": "DELETE",
      "x-method-override": "DELETE",
      "x-middleware-subrequest": "middleware",
    };
    const refused = await api.as(eve, { path: `/api/${ada.userId}/tasks`, headers });
    assert.equal(refused.status, 403);
    const listed = await api.as(eve, { path: `/api/${eve.userId}/tasks`, headers });
    assert.equal(listed.status, 200);
    assert.doesNotMatch(listed.text, /Ada's/);
    const read = await api.as(ada, { path: `/api/${ada.userId}/tasks/${adasTask}`, headers });
    assert.equal(read.status, 200);
    assert.deepEqual(await api.allTasks(), before);
  });
});
