import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { type ApiServer, apiOrigin, startApiServer, webOrigin } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { createTask } from "../test/create-task.ts";
import { everyRequest } from "../test/routes.ts";

const foreignOrigins = [
  "null",
  "http://evil.example",
  "https://web.example",
  "http://web.example:81",
  "http://web.example.evil.example",
  "http://evilweb.example",
  "http://sub.web.example",
  "http://web.example/",
  "HTTP://WEB.EXAMPLE",
  "http://web.example, http://evil.example",
];

describe("calls from pages", () => {
  let api: ApiServer;
  let ada: SignedUp;
  let tasks: string;
  let taskId: string;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
    tasks = `/api/${ada.userId}/tasks`;
    taskId = await createTask(api, ada, { title: "Mine" });
  });
  after(() => api.stop());

  const unsafe = () =>
    everyRequest(ada.userId, taskId).filter(({ method }) => !["GET", "HEAD"].includes(method));

  for (const origin of foreignOrigins) {
    it(`SEC26 SEC27 from ${origin} change nothing and are not readable`, async () => {
      const before = await api.allTasks();
      for (const sent of unsafe()) {
        const answer = await api.as(ada, { ...sent, headers: { origin } });
        assert.equal(answer.status, 403, sent.method);
        assert.partialDeepStrictEqual(answer.json, { error_code: "cross_origin_refused" });
        assert.equal(answer.headers["access-control-allow-origin"], undefined);
      }
      const read = await api.as(ada, { path: tasks, headers: { origin } });
      assert.equal(read.headers["access-control-allow-origin"], undefined);
      assert.match(read.headers.vary ?? "", /Origin/);
      assert.deepEqual(await api.allTasks(), before);
    });
  }

  it("SEC26 without an Origin are refused when the browser says that they cross sites", async () => {
    for (const site of ["cross-site", "same-site", "other"]) {
      for (const sent of unsafe()) {
        const answer = await api.as(ada, { ...sent, headers: { "sec-fetch-site": site } });
        assert.equal(answer.status, 403);
      }
    }
  });

  it("SEC26 from trusted origins, the api's own, or no page at all may make changes", async () => {
    for (const headers of [
      { origin: webOrigin },
      { origin: apiOrigin },
      { "sec-fetch-site": "same-origin" },
      { "sec-fetch-site": "none" },
      {},
    ]) {
      const sent = { method: "POST", path: tasks, body: { title: "t" }, headers };
      assert.equal((await api.as(ada, sent)).status, 201, JSON.stringify(headers));
    }
  });

  it("SEC27 from the web app are readable with credentials, whatever the answer", async () => {
    const headers = { origin: webOrigin };
    const answers = {
      200: await api.as(ada, { path: tasks, headers }),
      401: await api.send({ path: tasks, headers }),
      403: await api.as(ada, { path: "/api/other/tasks", headers }),
      404: await api.as(ada, { path: `${tasks}/1`, headers }),
      405: await api.as(ada, { method: "PUT", path: tasks, headers }),
      422: await api.as(ada, { method: "POST", path: tasks, body: {}, headers }),
    };
    for (const [status, answer] of Object.entries(answers)) {
      assert.equal(answer.status, Number(status));
      assert.equal(answer.headers["access-control-allow-origin"], webOrigin);
      assert.equal(answer.headers["access-control-allow-credentials"], "true");
      assert.equal(
        answer.headers["access-control-expose-headers"],
        "Retry-After,WWW-Authenticate,X-Request-Id,Location",
      );
      assert.match(answer.headers.vary ?? "", /Origin/);
    }
  });

  const preflight = (origin: string) =>
    api.send({
      method: "OPTIONS",
      path: tasks,
      headers: { origin, "access-control-request-method": "PATCH" },
    });

  it("SEC27 are preflighted without a credential", async () => {
    const { status, headers, text } = await preflight(webOrigin);
    assert.equal(status, 204);
    assert.equal(text, "");
    assert.equal(headers["access-control-allow-origin"], webOrigin);
    assert.equal(headers["access-control-allow-credentials"], "true");
    assert.equal(headers["access-control-allow-methods"], "GET,POST,PUT,PATCH,DELETE");
    assert.equal(
      headers["access-control-allow-headers"],
      "Content-Type,Authorization,X-Request-Id",
    );
    assert.equal(headers["access-control-max-age"], "7200");
  });

  it("SEC27 are not allowed by the preflight of a foreign origin", async () => {
    for (const origin of foreignOrigins) {
      const { status, headers } = await preflight(origin);
      assert.equal(status, 204);
      assert.equal(headers["access-control-allow-origin"], undefined);
      assert.match(headers.vary ?? "", /Origin/);
    }
  });

  it("SEC19 OPTIONS carries no data, with or without a credential", async () => {
    for (const path of [tasks, `${tasks}/${taskId}`]) {
      const answer = await api.as(ada, { method: "OPTIONS", path });
      assert.equal(answer.status, 204);
      assert.equal(answer.text, "");
    }
  });
});
