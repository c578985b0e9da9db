import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import * as z from "zod";
import {
  type BetterAuthServer,
  type SignedIn,
  serviceKey,
  startBetterAuth,
} from "../../packages/sallyport/test/auth-server.ts";
import { runAudit } from "../audit-run.ts";
import { providePython } from "./debian-python.ts";
import { startFastapi } from "./fastapi.ts";
import { startGatewayProcess } from "./gateway-process.ts";

const task = z.strictObject({
  id: z.uuid(),
  title: z.string(),
  description: z.string(),
  completed: z.boolean(),
  created_at: z.iso.datetime({ offset: true }),
  updated_at: z.iso.datetime({ offset: true }),
});
const list = z.strictObject({ tasks: z.array(task), next_cursor: z.string().nullable() });

const packages = ["python3-fastapi", "python3-uvicorn"];
const skip = providePython("fastapi, uvicorn", packages)
  ? false
  : `there is no FastAPI: apt install ${packages.join(" ")}`;

describe("FastAPI behind the gateway and a real Better Auth", { skip }, () => {
  let auth: BetterAuthServer;
  let backend: Awaited<ReturnType<typeof startFastapi>>;
  let gateway: Awaited<ReturnType<typeof startGatewayProcess>>;
  let ada: SignedIn;
  let bob: SignedIn;

  before(async () => {
    auth = await startBetterAuth();
    backend = await startFastapi();
    gateway = await startGatewayProcess(
      [
        ...["--auth-url", auth.url, "--owner", "/api/{user_id}/**", "--deadline-ms", "5000"],
        ...["--upstream", backend.origin],
      ],
      { SALLYPORT_SERVICE_KEY: serviceKey },
    );
    [ada, bob] = [await auth.signUp("ada"), await auth.signUp("bob")];
  });
  after(async () => {
    await gateway?.kill();
    await backend?.stop();
    await auth?.close();
  });

  async function ask(method: string, path: string, as?: SignedIn, body?: unknown) {
    const answer = await fetch(`${gateway.origin}${path}`, {
      method,
      headers: {
        ...(as && { cookie: as.cookie }),
        ...(body !== undefined && { "content-type": "application/json" }),
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await answer.text();
    const json: unknown = text === "" ? undefined : JSON.parse(text);
    return { status: answer.status, headers: answer.headers, json };
  }
  const tasksOf = ({ userId }: SignedIn) => `/api/${userId}/tasks`;

  test("whoever signed in lists, creates, reads, replaces, changes, completes and deletes tasks", async () => {
    const path = tasksOf(ada);
    assert.deepEqual((await ask("GET", path, ada)).json, { tasks: [], next_cursor: null });
    const created = await ask("POST", path, ada, { title: "  Buy Zoë's 木 " });
    assert.equal(created.status, 201);
    const { id, title } = task.parse(created.json);
    assert.equal(title, "Buy Zoë's 木");
    const own = `${path}/${id}`;
    assert.equal(created.headers.get("location"), own);
    assert.equal(created.headers.get("cache-control"), "no-store");
    assert.deepEqual((await ask("GET", own, ada)).json, created.json);
    const replaced = await ask("PUT", own, ada, { title: "Sell", completed: true });
    assert.deepEqual(task.parse(replaced.json).completed, true);
    const changed = await ask("PATCH", own, ada, { description: "soon" });
    assert.equal(task.parse(changed.json).description, "soon");
    const opened = await ask("PATCH", `${own}/complete`, ada, { completed: false });
    assert.equal(task.parse(opened.json).completed, false);
    assert.equal(task.parse((await ask("PATCH", `${own}/complete`, ada)).json).completed, true);
    assert.equal(list.parse((await ask("GET", `${path}?status=open`, ada)).json).tasks.length, 0);
    assert.equal((await ask("DELETE", own, ada)).status, 204);
    assert.equal((await ask("GET", own, ada)).status, 404);
  });

  test("a long list comes in pages, newest first", async () => {
    for (const title of ["one", "two", "three"]) await ask("POST", tasksOf(bob), bob, { title });
    const first = list.parse((await ask("GET", `${tasksOf(bob)}?limit=2`, bob)).json);
    assert.deepEqual(
      first.tasks.map(({ title }) => title),
      ["three", "two"],
    );
    const next = `${tasksOf(bob)}?limit=2&cursor=${first.next_cursor}`;
    const second = list.parse((await ask("GET", next, bob)).json);
    assert.deepEqual([second.tasks.map(({ title }) => title), second.next_cursor], [["one"], null]);
  });

  test("SEC22 a field that a task has not, an owner among them, is refused", async () => {
    for (const extra of [
      { user_id: "x" },
      { id: "x" },
      { title: "" },
      { title: 1 },
      { completed: "yes" },
    ]) {
      assert.equal((await ask("POST", tasksOf(ada), ada, { title: "x", ...extra })).status, 422);
    }
    assert.equal((await ask("PATCH", `${tasksOf(ada)}/x`, ada, {})).status, 422);
  });

  test("SEC20 another user's path is 403, and their task on one's own path 404 and unchanged", async () => {
    const created = task.parse((await ask("POST", tasksOf(bob), bob, { title: "mine" })).json);
    for (const method of ["GET", "PUT", "PATCH", "DELETE"]) {
      const body = method === "PUT" || method === "PATCH" ? { title: "yours" } : undefined;
      const theirs = await ask(method, `${tasksOf(bob)}/${created.id}`, ada, body);
      assert.equal(theirs.status, 403, method);
      assert.equal(
        (await ask(method, `${tasksOf(ada)}/${created.id}`, ada, body)).status,
        404,
        method,
      );
    }
    assert.deepEqual((await ask("GET", `${tasksOf(bob)}/${created.id}`, bob)).json, created);
  });

  test("SEC11 no session is 401 with a challenge, and so is one that was signed out", async () => {
    const nobody = await ask("GET", tasksOf(ada));
    assert.equal(nobody.status, 401);
    assert.equal(nobody.headers.get("www-authenticate"), 'Session realm="api"');
    const eve = await auth.signUp("eve");
    assert.equal((await ask("GET", tasksOf(eve), eve)).status, 200);
    await auth.signOut(eve);
    assert.equal((await ask("GET", tasksOf(eve), eve)).status, 401);
  });

  test("SEC21 the backend's own pages are as closed, and a header of the client's is no identity", async () => {
    for (const path of ["/docs", "/openapi.json", "/"]) {
      assert.equal((await ask("GET", path)).status, 401, path);
    }
    const answer = await fetch(`${gateway.origin}${tasksOf(bob)}`, {
      headers: { "x-auth-user-id": bob.userId, x_auth_user_id: bob.userId },
    });
    assert.equal(answer.status, 401);
  });

  test("an audit of it proves nothing broken", async () => {
    const where = ["--api-url", gateway.origin, "--auth-url", auth.url];
    const { code, verdict, results } = await runAudit(where);
    assert.deepEqual(
      results.filter(({ outcome }) => outcome === "fail"),
      [],
    );
    assert.deepEqual([code, verdict], [0, "sound"]);
    assert.ok(results.length >= 600, `${results.length} cases`);
  });

  test("SEC14 while Better Auth is down it is 503 with Retry-After, for everyone", async () => {
    auth.failStorage(true);
    const answer = await ask("GET", tasksOf(ada), ada);
    auth.failStorage(false);
    assert.deepEqual([answer.status, answer.headers.get("retry-after")], [503, "1"]);
    await auth.close();
    assert.equal((await ask("GET", tasksOf(ada), ada)).status, 503);
  });
});
