import { rmSync } from "node:fs";
import { freePorts } from "../../scripts/port.ts";
import { createPostgresCluster } from "../../scripts/postgres-cluster.ts";
import { createDaemon, type Daemon } from "./daemon.ts";

export interface Postgres extends Daemon {
  url: string;
  /** Ends it, and removes what it holds. */
  remove(): Promise<void>;
}

// What it acknowledges has to outlive the server, as in production, though not the machine.
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "fsync=off",
  "synchronous_commit=on",
];

/** A PostgreSQL of one's own, to be stopped and started. */
export async function startPostgres(): Promise<Postgres> {
  const { folder, program, data, user } = createPostgresCluster();
  const [port] = await freePorts(1);
  const daemon = createDaemon({
    name: "PostgreSQL",
    command: [program, "-D", data, "-p", `${port}`, ...settings.flatMap((one) => ["-c", one])],
    user,
    readyLine: "ready to accept connections",
    // "Fast", which does not wait for clients to leave, and "immediate", which recovers like a crash.
    signals: { stop: "SIGINT", kill: "SIGQUIT" },
  });
  await daemon.start();
  return {
    ...daemon,
    url: `postgres://postgres@127.0.0.1:${port}/postgres`,
    async remove() {
      await daemon.kill();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
