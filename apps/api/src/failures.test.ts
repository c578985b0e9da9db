import assert from "node:assert/strict";
import { after, before, describe, it } from "node:test";
import { sql } from "kysely";
import { type ApiServer, startApiServer } from "../test/api-server.ts";
import type { SignedUp } from "../test/auth-server.ts";
import { everyRequest } from "../test/routes.ts";

const someId = "01890a5d-ac96-774b-bcce-b302099a8057";

describe("failures of the api's own", () => {
  let api: ApiServer;
  let ada: SignedUp;

  before(async () => {
    api = await startApiServer();
    ada = await api.auth.signUp();
  });
  after(() => api.stop());

  const logOf = (requestId: unknown) =>
    api.logLines.find((line) => line.includes(`"request_id":"${requestId}"`)) ?? "";

  it("SEC28 answers a bug with 500 and nothing of the inside, which goes to the log", async () => {
    await sql`alter table tasks.task rename to lost_and_found`.execute(api.storage.db);
    for (const sent of everyRequest(ada.userId, someId)) {
      const { status, headers, text, json } = await api.as(ada, sent);
      assert.equal(status, 500);
      if (sent.method === "HEAD") continue;
      assert.partialDeepStrictEqual(json, { error_code: "internal_error" });
      assert.doesNotMatch(text, /relation|select|tasks\.task|lost_and_found|\.ts|at /);
      const line = logOf(headers["x-request-id"]);
      assert.match(line, /tasks\.task.* does not exist/);
      assert.match(line, /task-repository\.ts/);
    }
    await sql`alter table tasks.lost_and_found rename to task`.execute(api.storage.db);
  });

  it("SEC28 answers 503 with Retry-After while the database is down, and recovers", async () => {
    assert.equal((await api.send({ path: "/readyz" })).status, 200);
    api.link.cut();
    for (const sent of everyRequest(ada.userId, someId)) {
      const { status, headers, json } = await api.as(ada, sent);
      assert.equal(status, 503);
      assert.equal(headers["retry-after"], "1");
      if (sent.method !== "HEAD") {
        assert.partialDeepStrictEqual(json, { error_code: "storage_unavailable" });
      }
      assert.match(logOf(headers["x-request-id"]), /did not answer < .*ECONNREFUSED|terminated/);
    }
    const down = await api.send({ path: "/readyz" });
    assert.equal(down.status, 503);
    assert.deepEqual(down.json, { status: "unready", authority: "ok" });
    assert.equal((await api.send({ path: "/healthz" })).status, 200);

    api.link.mend();
    assert.equal((await api.send({ path: "/readyz" })).status, 200);
    assert.equal((await api.as(ada, { path: `/api/${ada.userId}/tasks` })).status, 200);
  });
});
