import { spawn } from "node:child_process";
import { once } from "node:events";
import { freePorts } from "./port.ts";
import { createPostgresCluster } from "./postgres-cluster.ts";

export interface TestPostgres {
  url: string;
  stop(): Promise<void>;
}

// Durability is switched off: the whole folder is thrown away at the end.
const settings = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "max_connections=200",
  "fsync=off",
  "synchronous_commit=off",
  "full_page_writes=off",
];

// It stops when its input ends, which it does however the process that started it dies.
const supervisor = `
  folder=$1; shift
  "$@" & postgres=$!
  exec 2>/dev/null
  cat >/dev/null
  kill -QUIT $postgres; wait $postgres
  rm -rf "$folder"
`;

/** Starts an empty PostgreSQL on a port of loopback, in a temporary folder. */
export async function startTestPostgres(): Promise<TestPostgres> {
  const [port] = await freePorts(1);
  const { folder, program, data, user } = createPostgresCluster();
  const server = [program, "-D", data, "-p", String(port)];
  const child = spawn(
    "sh",
    ["-c", supervisor, "sh", folder, ...server, ...settings.flatMap((setting) => ["-c", setting])],
    { ...user, cwd: "/", detached: true, stdio: ["pipe", "ignore", "pipe"] },
  );
  const gone = once(child, "exit");
  const stop = async () => {
    child.stdin.end();
    await gone;
  };
  let log = "";
  for await (const chunk of child.stderr.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes("ready to accept connections")) {
      // Read on, or PostgreSQL waits for somebody who does.
      child.stderr.on("data", () => {});
      return { url: `postgres://postgres@127.0.0.1:${port}/postgres`, stop };
    }
  }
  await stop();
  throw new Error(`Cannot start PostgreSQL for the tests: ${log.trim()}`);
}
