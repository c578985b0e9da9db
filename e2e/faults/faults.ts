import pg from "pg";
import type { FaultySystem } from "./faulty-system.ts";

export interface Fault<System> {
  name: string;
  /** How long it lasts before it is mended. */
  lastsMs: number;
  inject(system: System): Promise<unknown> | unknown;
  mend(system: System): Promise<unknown> | unknown;
  /** Clients lose the one server that they talk to: their connections may end, or be refused. */
  endsConnections?: boolean;
}

const webFile = "apps/web/server.ts";

const outageMs = 30_000;

/** What can befall the processes and the ways between them. */
export const faults: Fault<FaultySystem>[] = [
  {
    name: "SIGKILL of an api instance, started again after 5 s",
    lastsMs: 5_000,
    inject: ({ api }) => api[0]?.kill(),
    mend: ({ api }) => api[0]?.start(),
  },
  {
    name: "SIGKILL of a web instance, started again after 5 s",
    lastsMs: 5_000,
    inject: ({ web }) => web[0]?.kill(),
    mend: ({ web }) => web[0]?.start(),
  },
  {
    name: "SIGKILL of all api instances, started again after 10 s",
    lastsMs: 10_000,
    inject: ({ api }) => Promise.all(api.map((one) => one.kill())),
    mend: ({ api }) => Promise.all(api.map((one) => one.start())),
  },
  {
    name: "SIGKILL of all web instances, started again after 10 s",
    lastsMs: 10_000,
    inject: ({ web }) => Promise.all(web.map((one) => one.kill())),
    mend: ({ web }) => Promise.all(web.map((one) => one.start())),
  },
  {
    name: "SIGKILL of the proxy, started again after 5 s",
    lastsMs: 5_000,
    endsConnections: true,
    inject: ({ proxy }) => proxy.kill(),
    mend: ({ proxy }) => proxy.start(),
  },
  {
    name: "SIGKILL of one backend of PostgreSQL, which then restarts itself",
    lastsMs: 0,
    inject: ({ database }) => killBackend(database.url),
    mend: () => {},
  },
  {
    name: "PostgreSQL ended at once (as by a crash), started again after 5 s",
    lastsMs: 5_000,
    inject: ({ database }) => database.kill(),
    mend: ({ database }) => database.start(),
  },
  {
    name: "The database refuses connections for 30 s",
    lastsMs: outageMs,
    inject: ({ link }) => link.close(),
    mend: ({ link }) => link.reopen(),
  },
  {
    name: "The database is silent for 30 s (packets lost)",
    lastsMs: outageMs,
    inject: ({ link }) => link.fallSilent(),
    mend: ({ link }) => link.speak(),
  },
  {
    name: "Every answer of the database takes 2 s, for 30 s",
    lastsMs: outageMs,
    inject: ({ link }) => link.delayAnswers(2_000),
    mend: ({ link }) => link.delayAnswers(0),
  },
  {
    name: "SIGKILL of Redis, started again after 30 s",
    lastsMs: outageMs,
    inject: ({ redis }) => redis.kill(),
    mend: ({ redis }) => redis.restart(),
  },
  {
    name: "Redis is silent for 30 s (SIGSTOP)",
    lastsMs: outageMs,
    inject: ({ redis }) => redis.pause(),
    mend: ({ redis }) => redis.resume(),
  },
  {
    name: "One web instance is paused for 10 s (SIGSTOP)",
    lastsMs: 10_000,
    inject: (system) => signal("SIGSTOP", system.pidsOf(webFile).slice(0, 1)),
    mend: (system) => signal("SIGCONT", system.pidsOf(webFile)),
  },
  {
    name: "All web instances are paused for 10 s (SIGSTOP)",
    lastsMs: 10_000,
    inject: (system) => signal("SIGSTOP", system.pidsOf(webFile)),
    mend: (system) => signal("SIGCONT", system.pidsOf(webFile)),
  },
];

function signal(name: NodeJS.Signals, pids: number[]): void {
  for (const pid of pids) process.kill(pid, name);
}

async function killBackend(databaseUrl: string): Promise<void> {
  const client = new pg.Client({ connectionString: databaseUrl });
  client.on("error", () => {});
  await client.connect();
  const { rows } = await client.query<{ pid: number }>(
    "select pid from pg_stat_activity where application_name = 'sallyport' limit 1",
  );
  await client.end();
  const [backend] = rows;
  if (backend === undefined) throw new Error("no backend serves the apps");
  process.kill(backend.pid, "SIGKILL");
}
