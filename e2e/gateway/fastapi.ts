import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { installFromDebian } from "../../scripts/debian-package.ts";
import { freePorts } from "../../scripts/port.ts";
import { rootFolder } from "../../scripts/root-folder.ts";
import { createDaemon } from "../scaled/daemon.ts";

/** Debian's own, which sees Debian's packages. */
const python = "/usr/bin/python3";

/** Whether there is a FastAPI; as root on Debian it is installed if there is none. */
export function provideFastapi(): boolean {
  const hasFastapi = () => {
    try {
      execFileSync(python, ["-c", "import fastapi, uvicorn"], { stdio: "ignore" });
      return true;
    } catch {
      return false;
    }
  };
  return (
    hasFastapi() ||
    (["python3-fastapi", "python3-uvicorn"].every(installFromDebian) && hasFastapi())
  );
}

/** examples/fastapi, as its README starts it, on a free port. */
export async function startFastapi() {
  const [port = 0] = await freePorts(1);
  const folder = join(rootFolder, "examples/fastapi");
  const daemon = createDaemon({
    name: "FastAPI",
    command: [python, "-m", "uvicorn", "--app-dir", folder, "app:app", "--port", String(port)],
    env: { PYTHONDONTWRITEBYTECODE: "1" },
    readyLine: "Uvicorn running on",
    signals: { stop: "SIGTERM", kill: "SIGKILL" },
  });
  await daemon.start();
  return { origin: `http://127.0.0.1:${port}`, stop: daemon.stop };
}
