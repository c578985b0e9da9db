import { join } from "node:path";
import { moveToPostgres } from "@sallyport/storage";
import { appDatabases } from "./app-databases.ts";
import { runDatabaseCommand } from "./database-command.ts";

await runDatabaseCommand("db:move", async (databaseUrl, { dataDir, env }) => {
  const tables = await moveToPostgres(appDatabases(dataDir), databaseUrl, console.error);
  for (const { name, rows } of tables) {
    console.log(`rows in ${name}: ${rows}`);
  }
  const secret = env.BETTER_AUTH_SECRET ? "the same" : `${join(dataDir, "development-secret")} as`;
  console.log(
    `All of it is in PostgreSQL now, and counted there. ${dataDir} was left as it was. Start with DATABASE_URL set; with ${secret} BETTER_AUTH_SECRET everyone stays signed in.`,
  );
});
