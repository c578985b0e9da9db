import assert from "node:assert/strict";
import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { after, afterEach, before, beforeEach, describe, it } from "node:test";
import { setTimeout } from "node:timers/promises";
import { sql } from "kysely";
import {
  createPostgres,
  type DatabaseLink,
  linkDatabase,
  type TestDatabase,
} from "../test/database.ts";
import { isUnavailable, openStorage } from "./index.ts";

describe("a database that is waking up", () => {
  let database: TestDatabase;
  let link: DatabaseLink;
  const told: string[] = [];
  const open = (databaseUrl: string, patienceMs?: number) =>
    openStorage(
      {
        databaseUrl,
        dataFolder: "",
        schema: "tasks",
        migrations: {},
        onWaiting: (line) => told.push(line),
      },
      patienceMs,
    );

  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());
  beforeEach(async () => {
    link = await linkDatabase(database);
    told.length = 0;
  });
  afterEach(() => link.close());

  it("is waited for by a start, which says so once", async () => {
    link.cut();
    const opening = open(link.databaseUrl);
    while (told.length === 0) await setTimeout(20);
    link.mend();
    const storage = await opening;
    assert.equal(await storage.isUp(), true);
    assert.deepEqual(
      told.map((line) => line.replace(/\(.*\)/, "(…)")),
      ["Waiting up to 30 s for PostgreSQL (…)."],
    );
    await storage.close();
  });

  it("is waited for when it accepts connections and stays silent for some seconds", async () => {
    link.silence();
    const opening = open(link.databaseUrl);
    while (told.length === 0) await setTimeout(20);
    link.mend();
    await (await opening).close();
  });

  it("is waited for when it says that it is starting up", async () => {
    const starting = await startingDatabase(database.databaseUrl ?? "", 3);
    try {
      await (await open(starting.databaseUrl)).close();
      assert.equal(starting.refused, 3);
      assert.match(told.join(), /the database system is starting up/);
    } finally {
      starting.close();
    }
  });

  it("is given up in one line when it does not come", async () => {
    link.cut();
    await assert.rejects(open(link.databaseUrl, 600), (error: Error) => {
      assert.match(
        error.message,
        /^Cannot open storage: PostgreSQL cannot be reached \(.*\); check that it runs and that DATABASE_URL is right\.$/,
      );
      return true;
    });
  });

  it("is an outage to a running app within the deadline, until it is awake", async () => {
    const storage = await open(link.databaseUrl);
    link.silence();
    await assert.rejects(sql`select 1`.execute(storage.db), (error) => isUnavailable(error));
    link.mend();
    assert.equal(await storage.isUp(), true);
    await storage.close();
  });
});

describe("a mistake in DATABASE_URL", () => {
  let database: TestDatabase;
  before(async () => {
    database = await createPostgres();
  });
  after(() => database.drop());
  const refusal = (databaseUrl: string) =>
    openStorage({ databaseUrl, dataFolder: "", schema: "tasks", migrations: {} }).then(
      () => assert.fail("It opened"),
      (error: Error) => error.message,
    );

  it("is said at once, in one line", async () => {
    const url = database.databaseUrl ?? "";
    const host = new URL(url).host;
    for (const [wrong, line] of [
      [
        `${url}_not`,
        /^Cannot open storage: PostgreSQL at DATABASE_URL fails with "database ".*_not" does not exist"\.$/,
      ],
      [`postgresql://nobody@${host}/postgres`, /fails with "role "nobody" does not exist"\.$/],
      [`${url}?sslmode=require`, /fails with "The server does not support SSL connections"\.$/],
      [
        `${url}?sslmode=prefer`,
        /^Cannot open storage: sslmode in DATABASE_URL must be disable, require or verify-full, found "prefer"\.$/,
      ],
      [`${url}?sslmode=no-verify`, /^Cannot open storage: sslmode .* found "no-verify"\.$/],
      [
        `${url}?ssl=no-verify`,
        /^Cannot open storage: ssl .* must be left out.* found "no-verify"\.$/,
      ],
      [`${url}?sslmode=require&uselibpqcompat=true`, /^Cannot open storage: uselibpqcompat .*$/],
      [
        `${url}?channel_binding=require`,
        /^Cannot open storage: sslmode .* with channel_binding=require, found nothing\.$/,
      ],
      [
        `${url}?channel_binding=always`,
        /^Cannot open storage: channel_binding .* found "always"\.$/,
      ],
    ] as const) {
      assert.match(await refusal(wrong), line);
    }
  });
});

/** A PostgreSQL server that refuses its first clients as one that has just been started does. */
async function startingDatabase(databaseUrl: string, refusals: number) {
  const target = new URL(databaseUrl);
  const starting = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let refused = 0;
  const server = createServer((near) => {
    if (refused < refusals) {
      refused += 1;
      near.once("data", () =>
        near.end(errorResponse("57P03", "the database system is starting up")),
      );
      return;
    }
    const far = connect(Number(target.port), target.hostname);
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on("error", () => {});
    }
    near.pipe(far).pipe(near);
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  starting.port = String(address.port);
  return {
    databaseUrl: starting.href,
    get refused() {
      return refused;
    },
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** PostgreSQL manual, "Message Formats", ErrorResponse. */
function errorResponse(code: string, message: string): Buffer {
  const fields = Buffer.from(`SFATAL\0VFATAL\0C${code}\0M${message}\0\0`);
  const head = Buffer.from("E\0\0\0\0");
  head.writeInt32BE(fields.length + 4, 1);
  return Buffer.concat([head, fields]);
}
