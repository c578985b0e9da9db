import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { LaunchError } from "./launch-error.ts";

const installDeadlineMs = 600_000;

/** Servers that the tests run against, and Debian's packages that have them. */
const packages = {
  caddy: "caddy",
  faketime: "faketime",
  nginx: "nginx-light",
  pgbouncer: "pgbouncer",
  "redis-server": "redis-server",
};

/** The path of a program; as root on Debian it is installed if it is not there. */
export function provideProgram(name: keyof typeof packages): string {
  const path = find(name) ?? (installFromDebian(packages[name]) ? find(name) : undefined);
  if (path) return path;
  throw new LaunchError(`Cannot find or install ${name}, which the tests need: install it.`);
}

/** System programs stand in `sbin`, which is not on everyone's path. */
function find(name: string): string | undefined {
  const folders = [...(process.env.PATH ?? "").split(delimiter), "/usr/sbin", "/usr/local/sbin"];
  return folders.map((folder) => join(folder, name)).find(existsSync);
}

/** False where there is no way to. Its services are not started. */
export function installFromDebian(name: string): boolean {
  if (process.getuid?.() !== 0 || !existsSync("/usr/bin/apt-get")) return false;
  console.error(`Installing Debian's ${name} for the tests …`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive", RUNLEVEL: "1" };
  const aptGet = (args: string[]) =>
    execFileSync("apt-get", ["-o", "DPkg::Lock::Timeout=120", ...args], {
      timeout: installDeadlineMs,
      env,
      stdio: "ignore",
    });
  try {
    aptGet(["update"]);
    aptGet(["install", "-y", "--no-install-recommends", name]);
    return true;
  } catch {
    return false;
  }
}
