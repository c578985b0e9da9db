import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { rootFolder } from "./root-folder.ts";

interface LockedPackage {
  version?: string;
  optionalDependencies?: Record<string, string>;
  dev?: true;
  optional?: true;
  os?: string[];
  cpu?: string[];
}

const systems = "aix android darwin freebsd linux netbsd openbsd openharmony sunos win32".split(
  " ",
);
const processors = "arm arm64 ia32 loong64 mips64el ppc64 riscv64 s390x x64".split(" ");

// `npm install` leaves out those platform packages (optional, exact version) that the registry in
// use does not have, and `npm ci` then refuses the lock on every platform. Named without a hash,
// they are skipped where they do not fit, and resolved by name and version where they do.
const path = join(rootFolder, "package-lock.json");
const lock: { packages: Record<string, LockedPackage> } = JSON.parse(readFileSync(path, "utf8"));
let added = 0;
for (const [place, { optionalDependencies = {}, dev }] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(optionalDependencies)) {
    const isLocked =
      `node_modules/${name}` in lock.packages || `${place}/node_modules/${name}` in lock.packages;
    const words = name.replace("windows", "win32").split(/[/-]/);
    const os = systems.find((system) => words.includes(system));
    const cpu = processors.find((processor) => words.includes(processor));
    if (isLocked || !os || !/^\d/.test(version)) continue;
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(dev && { dev }),
      optional: true,
      os: [os],
      ...(cpu && { cpu: [cpu] }),
    };
    added += 1;
  }
}
const sorted = Object.entries(lock.packages).sort(([a], [b]) => a.localeCompare(b, "en"));
writeFileSync(
  path,
  `${JSON.stringify({ ...lock, packages: Object.fromEntries(sorted) }, null, 2)}\n`,
);
console.log(`${added} platform packages added to package-lock.json.`);
