import { LaunchError } from "./launch-error.ts";
import { readSettings } from "./settings.ts";
import { type System, type SystemOptions, startSystem } from "./system.ts";

export interface Launch {
  mode: SystemOptions["mode"];
  /** Called once everything is ready; `stopping` aborts when it is time to end. */
  onReady?(system: System, stopping: AbortSignal): void;
  onDeath(line: string, stop: (exitCode: number) => void): void;
}

/** Runs the system until a signal, or the end of the process that started this one. */
export async function launch({ mode, onReady, onDeath }: Launch): Promise<void> {
  const stopping = new AbortController();
  let exitCode = 0;
  const stop = (code: number) => {
    exitCode ||= code;
    stopping.abort();
  };
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
    process.on(event, () => stop(0));
  }
  try {
    const settings = readSettings();
    const system = await startSystem({
      ...settings,
      mode,
      signal: stopping.signal,
      onDeath: (line) => onDeath(line, stop),
    });
    console.log(screen(system, mode, settings.dataDir));
    onReady?.(system, stopping.signal);
    if (!stopping.signal.aborted) {
      await new Promise((resolve) => stopping.signal.addEventListener("abort", resolve));
    }
    await system.stop();
  } catch (error) {
    if (!stopping.signal.aborted) {
      console.error(error instanceof LaunchError ? error.message : error);
      exitCode = 1;
    }
  }
  process.exit(exitCode);
}

function screen(system: System, mode: Launch["mode"], dataDir: string): string {
  return `
  Sallyport is running.

    Web app   ${system.webUrl}
    API       ${system.apiUrl}  (try it: ${system.apiUrl}/docs)
    Data      ${dataDir}
    Logs      ${mode === "dev" ? "here, below" : system.logsFolder}

  Stop it with Ctrl-C.
`;
}
