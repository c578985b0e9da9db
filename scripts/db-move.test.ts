import assert from "node:assert/strict";
import { randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { createLog } from "@sallyport/server";
import { openStorage } from "@sallyport/storage";
import { createEmbedded, createPostgres, type TestDatabase } from "@sallyport/storage/testing";
import pg from "pg";
import { createTaskRepository, type TaskDatabase } from "../apps/api/src/task-repository.ts";
import { readConfig } from "../apps/web/config.ts";
import { createRuntime } from "../apps/web/runtime/runtime.ts";
import { appDatabases } from "./app-databases.ts";
import { runScript } from "./run-script.ts";

const BETTER_AUTH_SECRET = "iQ9vT2mZr8LxW4cKfB7nYd1hPs6uGj3EoA5";
const email = "ada@example.com";
const password = "correct horse battery";
const taskCount = 1_200;

describe("npm run db:move", () => {
  let trial: TestDatabase;
  let DATA_DIR: string;
  let target: TestDatabase;
  let userId: string;
  let cookie: string;

  let opened: { close(): Promise<unknown> }[] = [];
  const closeApps = async () => {
    await Promise.all(opened.map((app) => app.close()));
    opened = [];
  };

  /** Both apps on the trial's folders, or on the server at DATABASE_URL. */
  async function openApps(DATABASE_URL = "") {
    const config = readConfig({ BETTER_AUTH_SECRET, DATA_DIR, DATABASE_URL });
    const runtime = await createRuntime(config, createLog("web", "silent"), "x-client-address");
    const [, tasks] = appDatabases(DATA_DIR);
    assert.ok(tasks);
    const storage = await openStorage<TaskDatabase>({ ...tasks, databaseUrl: DATABASE_URL });
    opened.push(runtime.storage, storage);
    return { auth: runtime.auth, db: storage.db, tasks: createTaskRepository(storage.db) };
  }
  const move = (variables: NodeJS.ProcessEnv = {}) =>
    runScript("db-move", {
      DATA_DIR,
      DATABASE_URL: target.databaseUrl,
      BETTER_AUTH_SECRET: "",
      ...variables,
    });

  before(async () => {
    trial = await createEmbedded();
    DATA_DIR = dirname(trial.dataFolder);
    const apps = await openApps();
    const { headers, response } = await apps.auth.api.signUpEmail({
      body: { name: "Ada", email, password },
      returnHeaders: true,
    });
    userId = response.user.id;
    cookie = headers.getSetCookie()[0]?.split(";")[0] ?? "";
    const tasks = Array.from({ length: taskCount }, (_, index) => ({
      id: randomUUID(),
      user_id: userId,
      title: `Task ${index}`,
      description: "é".repeat(2_000),
      completed: index % 2 === 0,
    }));
    await apps.db.insertInto("task").values(tasks).execute();
    await closeApps();
  });
  after(() => trial.drop());
  beforeEach(async () => {
    target = await createPostgres();
  });
  afterEach(async () => {
    await closeApps();
    await target.drop();
  });

  it("takes along accounts, sessions and tasks: who was signed in is, and everyone can sign in", async () => {
    const { code, output, errors } = await move().ended;
    assert.equal(errors, "");
    assert.equal(code, 0);
    assert.match(output, /^rows in auth\.user: 1$/m);
    assert.match(output, /^rows in auth\.session: 1$/m);
    assert.match(output, /^rows in auth\.account: 1$/m);
    assert.match(output, /^rows in auth\.verification: 0$/m);
    assert.match(output, new RegExp(`^rows in tasks\\.task: ${taskCount}$`, "m"));
    assert.ok(output.includes(`${join(DATA_DIR, "development-secret")} as BETTER_AUTH_SECRET`));

    const [embedded, moved] = [await openApps(), await openApps(target.databaseUrl)];
    const session = await moved.auth.api.getSession({ headers: new Headers({ cookie }) });
    assert.equal(session?.user.id, userId);
    const signedIn = await moved.auth.api.signInEmail({ body: { email, password } });
    assert.equal(signedIn.user.id, userId);
    const rows = (apps: typeof moved) =>
      apps.db.selectFrom("task").selectAll().orderBy("id").execute();
    assert.deepEqual(await rows(moved), await rows(embedded));
    const page = { status: "all", limit: 100, after: null } as const;
    assert.deepEqual(await moved.tasks.list(userId, page), await embedded.tasks.list(userId, page));
  });

  it("leaves the server empty when it is killed half-way, and can be run again", async () => {
    await runScript("db-migrate", { DATABASE_URL: target.databaseUrl }).ended;
    const client = new pg.Client({ connectionString: target.databaseUrl });
    await client.connect();
    await client.query(
      `create function tasks.hold() returns trigger language plpgsql as
         $$ begin perform pg_advisory_xact_lock(1); return null; end $$;
       create trigger hold before insert on tasks.task execute function tasks.hold();
       select pg_advisory_lock(1)`,
    );
    const waiting = `
      select from pg_locks join pg_database d on d.oid = database
      where locktype = 'advisory' and not granted and datname = current_database()`;
    const moving = move();
    while ((await client.query(waiting)).rowCount === 0) {
      assert.equal(moving.child.exitCode, null, "it ended before it came to the tasks");
      await setTimeout(50);
    }
    moving.child.kill("SIGKILL");
    await moving.ended;
    await client.query("select pg_advisory_unlock(1); drop trigger hold on tasks.task");
    for (const table of ["auth.user", "auth.session", "auth.account", "tasks.task"]) {
      assert.equal((await client.query(`select from ${table}`)).rowCount, 0, table);
    }
    await client.end();
    assert.equal((await move().ended).code, 0);
  });

  it("refuses a trial that is running, one that is not there and a server with data, a line each", async () => {
    const refusal = async (variables?: NodeJS.ProcessEnv) => {
      const { code, output, errors } = await move(variables).ended;
      assert.deepEqual({ code, output }, { code: 1, output: "" });
      return errors;
    };
    await openApps();
    assert.match(
      await refusal(),
      /^Cannot open storage: .*web is in use by another process; .*\n$/,
    );
    await closeApps();

    const file = join(DATA_DIR, "a-file");
    await writeFile(file, "");
    assert.match(
      await refusal({ DATA_DIR: file }),
      /^Cannot move the data: there is no embedded database in .*a-file\/web; .*\n$/,
    );

    assert.equal((await move().ended).code, 0);
    assert.match(
      await refusal(),
      /^Cannot move the data: the server already holds data, rows in auth\.user: 1; nothing at DATABASE_URL was changed; .*\n$/,
    );
    assert.match(
      await refusal({ DATABASE_URL: "" }),
      /^Cannot run db:move: DATABASE_URL must be .*\n$/,
    );
  });
});
