import { execFileSync } from "node:child_process";
import { installFromDebian } from "../../scripts/debian-package.ts";

/** Debian's own, which sees Debian's packages. */
export const python = "/usr/bin/python3";

/** Whether these modules are there; as root on Debian their packages are installed if not. */
export function providePython(modules: string, packages: string[]): boolean {
  const isThere = () => {
    try {
      execFileSync(python, ["-c", `import ${modules}`], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  return isThere() || (packages.every(installFromDebian) && isThere());
}
