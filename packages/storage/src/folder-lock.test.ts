import assert from "node:assert/strict";
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, it } from "node:test";
import { createEmbedded, type TestDatabase } from "../test/database.ts";
import { openStorage } from "./index.ts";

const holderPath = join(import.meta.dirname, "../test/folder-holder.ts");

describe("the lock on an embedded database's folder", () => {
  let database: TestDatabase;
  let holder: ChildProcess | undefined;
  const open = (dataFolder = database.dataFolder) =>
    openStorage({ dataFolder, schema: "tasks", migrations: {} });

  beforeEach(async () => {
    database = await createEmbedded();
  });
  afterEach(async () => {
    if (holder) await kill(holder);
    holder = undefined;
    await database.drop();
  });

  it("refuses a second process in one clear line", async () => {
    holder = await holdInAnotherProcess(database.dataFolder);
    await assert.rejects(open(), {
      message: `Cannot open storage: ${database.dataFolder} is in use by another process; stop that one, or choose another folder with DATA_DIR.`,
    });
  });

  it("refuses a second start in the same process", async () => {
    const storage = await open();
    await assert.rejects(open(), /is in use/);
    await storage.close();
  });

  it("ends with its holder, even by kill -9", async () => {
    await kill(await holdInAnotherProcess(database.dataFolder));
    const storage = await open();
    assert.equal(await storage.isUp(), true);
    await storage.close();
  });

  it("is given back when the storage is closed", async () => {
    await (await open()).close();
    await (await open()).close();
  });

  it("says in one clear line that the folder cannot be written", async () => {
    const file = join(database.dataFolder, "..", "a-file");
    await writeFile(file, "");
    await assert.rejects(open(join(file, "database")), (error) => {
      assert.ok(error instanceof Error);
      assert.match(error.message, /^Cannot open storage: .*a-file.*DATA_DIR\.$/);
      return true;
    });
  });
});

async function holdInAnotherProcess(dataFolder: string): Promise<ChildProcess> {
  const child = fork(holderPath, [dataFolder]);
  const [message] = await once(child, "message");
  assert.equal(message, "open");
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  child.kill("SIGKILL");
  await once(child, "exit");
}
