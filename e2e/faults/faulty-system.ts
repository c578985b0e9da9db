import pg from "pg";
import { startPostgres } from "../scaled/postgres.ts";
import { startTopology } from "../scaled/topology.ts";
import { openUnsteadyWay } from "../unsteady-way.ts";
import { childProcesses } from "./child-processes.ts";
import { signUpUsers } from "./users.ts";

const userCount = 4;

/** Two web and two api instances behind the proxy, on a database and a way to it that can fail. */
export async function startFaultySystem(env: NodeJS.ProcessEnv = {}) {
  const database = await startPostgres();
  const link = await openUnsteadyWay();
  const linkedUrl = link.leadTo(database.url);
  const topology = await startTopology({ env: { DATABASE_URL: linkedUrl, ...env } }).catch(
    async (cause) => {
      link.close();
      await database.remove();
      throw cause;
    },
  );
  const { origin, web } = topology;
  const [{ url } = { url: origin }] = web;
  const users = await signUpUsers(url, origin, userCount);
  return {
    ...topology,
    database,
    link,
    users,
    /** Of the servers whose file is this one. */
    pidsOf: (entry: string) =>
      childProcesses()
        .filter(({ command }) => command.endsWith(entry))
        .map(({ pid }) => pid),
    /** Past the apps, as the database has them. */
    async storedTitles(): Promise<string[]> {
      const client = new pg.Client({ connectionString: database.url });
      await client.connect();
      const { rows } = await client.query<{ title: string }>("select title from tasks.task");
      await client.end();
      return rows.map(({ title }) => title);
    },
    async stop(): Promise<void> {
      await topology.stop();
      link.close();
      await database.remove();
    },
  };
}

export type FaultySystem = Awaited<ReturnType<typeof startFaultySystem>>;
