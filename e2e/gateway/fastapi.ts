import { join } from "node:path";
import { freePorts } from "../../scripts/port.ts";
import { rootFolder } from "../../scripts/root-folder.ts";
import { createDaemon } from "../scaled/daemon.ts";
import { python } from "./debian-python.ts";

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
