import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import pg from "pg";
import { provideProgram } from "../../../scripts/debian-package.ts";
import { freePorts } from "../../../scripts/port.ts";
import type { TestDatabase } from "./database.ts";

// It stops when its input ends, which it does however the process that started it dies.
const supervisor = `
  folder=$1; shift
  "$@" & pooler=$!
  cat >/dev/null
  kill -INT $pooler; wait $pooler
  rm -rf "$folder"
`;

/** PgBouncer in transaction mode, in front of a PostgreSQL database, with `settings` of its own. */
export async function startPgbouncer(
  { databaseUrl }: TestDatabase,
  settings: Record<string, string | number> = {},
) {
  if (databaseUrl === undefined) throw new Error("PgBouncer needs a PostgreSQL database");
  const server = new URL(databaseUrl);
  const name = server.pathname.slice(1);
  const [port] = await freePorts(1);
  const folder = mkdtempSync(join(tmpdir(), "sallyport-pgbouncer-"));
  const all = {
    listen_addr: "127.0.0.1",
    listen_port: port,
    unix_socket_dir: "",
    pool_mode: "transaction",
    auth_type: "scram-sha-256",
    auth_file: join(folder, "users.txt"),
    admin_users: "pooled",
    server_login_retry: 1,
    ...settings,
  };
  const lines = Object.entries(all).map(([key, value]) => `${key} = ${value}`);
  const target = `host=${server.hostname} port=${server.port} user=${server.username}`;
  const config = join(folder, "pgbouncer.ini");
  writeFileSync(config, `[databases]\n${name} = ${target}\n[pgbouncer]\n${lines.join("\n")}\n`);
  writeFileSync(all.auth_file, '"pooled" "hush"\n');
  // PgBouncer refuses to run as root.
  const user = process.getuid?.() === 0 ? giveToNobody(folder) : {};
  const child = spawn("sh", ["-c", supervisor, "sh", folder, provideProgram("pgbouncer"), config], {
    ...user,
    cwd: "/",
    stdio: ["pipe", "ignore", "pipe"],
  });
  const gone = once(child, "exit");
  let log = "";
  for await (const line of createInterface({ input: child.stderr })) {
    log += `${line}\n`;
    if (line.includes("process up")) break;
  }
  if (!log.includes("process up")) throw new Error(`Cannot start PgBouncer: ${log}`);
  child.stderr.resume();

  const address = (database: string) => `postgresql://pooled:hush@127.0.0.1:${port}/${database}`;
  return {
    databaseUrl: address(name),
    /** What PgBouncer's console says to a command such as `SHOW CLIENTS`. */
    async ask(command: string): Promise<Record<string, string>[]> {
      const client = new pg.Client({ connectionString: address("pgbouncer") });
      await client.connect();
      try {
        return (await client.query(command)).rows;
      } finally {
        await client.end();
      }
    },
    async stop() {
      child.stdin.end();
      await gone;
    },
  };
}

export type Pgbouncer = Awaited<ReturnType<typeof startPgbouncer>>;

function giveToNobody(folder: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  const nobody = { uid: id("-u"), gid: id("-g") };
  execFileSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, folder]);
  return nobody;
}
