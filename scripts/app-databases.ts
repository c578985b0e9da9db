import { join } from "node:path";
import type { AppDatabase } from "@sallyport/storage";
import { migrations as taskMigrations } from "../apps/api/src/migrations.ts";
import { migrations as authMigrations } from "../apps/web/auth/migrations.ts";

/** What both apps keep, whichever engine holds it. */
export function appDatabases(dataDir: string): AppDatabase[] {
  return [
    { schema: "auth", dataFolder: join(dataDir, "web"), migrations: authMigrations },
    { schema: "tasks", dataFolder: join(dataDir, "api"), migrations: taskMigrations },
  ];
}
