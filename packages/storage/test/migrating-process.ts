// Opens the database named on the command line with a migration, and says how often that ran.
import type { Migration } from "kysely/migration";
import { openStorage } from "../src/index.ts";

const [databaseUrl = ""] = process.argv.slice(2);
const migrations: Record<string, Migration> = {
  "001_once": {
    up: (db) => db.schema.createTable("once").addColumn("id", "int4").execute(),
  },
};
const storage = await openStorage({ databaseUrl, dataFolder: "", schema: "tasks", migrations });
await storage.close();
process.send?.(storage.migrated.length);
process.disconnect?.();
