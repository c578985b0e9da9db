import { randomUUID } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { StorageOptions } from "../src/index.ts";

export { type DatabaseLink, linkDatabase } from "./database-link.ts";

/** An empty database of one's own: where to open it, and how to get rid of it. */
export interface TestDatabase extends Pick<StorageOptions, "databaseUrl" | "dataFolder"> {
  drop(): Promise<void>;
}

/** The engines that a storage suite runs on. */
export const testEngines = [
  { name: "PGlite", create: createEmbedded },
  { name: "PostgreSQL", create: createPostgres },
];

export async function createEmbedded(): Promise<TestDatabase> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-storage-"));
  return {
    dataFolder: join(folder, "database"),
    drop: () => rm(folder, { recursive: true, force: true }),
  };
}

export async function createPostgres(): Promise<TestDatabase> {
  // biome-ignore lint/style/noProcessEnv: the test set-up hands its server over this way.
  const serverUrl = process.env.TEST_DATABASE_URL;
  if (!serverUrl) {
    throw new Error(
      "Cannot create a test database: TEST_DATABASE_URL is not set; run the tests with npm test, or set it to a PostgreSQL server's address with superuser rights.",
    );
  }
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await runOnServer(serverUrl, `create database ${name}`);
  const databaseUrl = new URL(serverUrl);
  databaseUrl.pathname = `/${name}`;
  return {
    databaseUrl: databaseUrl.href,
    dataFolder: join(tmpdir(), name),
    drop: () => runOnServer(serverUrl, `drop database ${name} with (force)`),
  };
}

async function runOnServer(serverUrl: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: serverUrl });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
