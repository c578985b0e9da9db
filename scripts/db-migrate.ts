import { openStorage } from "@sallyport/storage";
import { appDatabases } from "./app-databases.ts";
import { runDatabaseCommand } from "./database-command.ts";

await runDatabaseCommand("db:migrate", async (databaseUrl, { dataDir }) => {
  for (const database of appDatabases(dataDir)) {
    const storage = await openStorage({ ...database, databaseUrl, onWaiting: console.error });
    await storage.close();
    const { schema, migrations } = database;
    const { migrated } = storage;
    console.log(
      migrated.length > 0
        ? `${schema}: ran ${migrated.join(", ")}`
        : `${schema}: nothing to run, up to date with ${Object.keys(migrations).sort().at(-1)}`,
    );
  }
});
