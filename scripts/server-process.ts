import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, openSync, writeSync } from "node:fs";
import { createInterface } from "node:readline";
import { setTimeout } from "node:timers/promises";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

const readyDeadlineMs = 90_000;
const stopDeadlineMs = 4_500;

export interface ServerProcessOptions {
  name: string;
  /** The server's file, from the repository's root. */
  entry: string;
  readyUrl: string;
  env: NodeJS.ProcessEnv;
  /** Where its output goes: appended to a file, or to the terminal, each line under its name. */
  output: { logFile: string } | "terminal";
  /** Called when the server, once ready, ends without having been told to. */
  onDeath(line: string): void;
}

export interface ServerProcess {
  /** Resolves when the server is ready. */
  start(signal?: AbortSignal): Promise<void>;
  /** SIGTERM, and SIGKILL for what is still there shortly before 5 s have passed. */
  stop(): Promise<void>;
  /** Resolves when the process is gone. */
  kill(): Promise<void>;
}

export function createServerProcess(options: ServerProcessOptions): ServerProcess {
  let running: { child: ChildProcess; gone: Promise<unknown>; expectExit: boolean } | undefined;

  async function start(signal?: AbortSignal): Promise<void> {
    if (running) {
      throw new Error(`Cannot start the ${options.name}: it runs already.`);
    }
    signal?.throwIfAborted();
    const { child, lastErrors } = spawnServer(options);
    const exited = new AbortController();
    const self = { child, gone: once(child, "close"), expectExit: false };
    running = self;
    let ready = false;
    child.once("close", (code, killedBy) => {
      running = undefined;
      const how = killedBy ? `ended by ${killedBy}` : `exit code ${code}`;
      const line = `The ${options.name} ${ready ? "stopped" : "did not start"} (${how})`;
      const errors = lastErrors();
      exited.abort(new LaunchError(errors ? `${line}: ${errors}` : `${line}.`));
      if (ready && !self.expectExit) {
        options.onDeath(errors ? `${line}: ${errors}` : `${line}.`);
      }
    });
    const tooLate = AbortSignal.timeout(readyDeadlineMs);
    const signals = [exited.signal, tooLate, ...(signal ? [signal] : [])];
    try {
      await untilReady(options.readyUrl, AbortSignal.any(signals));
      ready = true;
    } catch (error) {
      await stop();
      if (tooLate.aborted && !exited.signal.aborted) {
        throw new LaunchError(
          `The ${options.name} was not ready within ${readyDeadlineMs / 1000} s. ${lastErrors()}`,
        );
      }
      throw error;
    }
  }

  async function stop(): Promise<void> {
    if (!running) {
      return;
    }
    const { child, gone } = running;
    running.expectExit = true;
    child.kill("SIGTERM");
    const deadline = new AbortController();
    setTimeout(stopDeadlineMs, undefined, { signal: deadline.signal }).then(
      () => child.kill("SIGKILL"),
      () => {},
    );
    await gone;
    deadline.abort();
  }

  async function kill(): Promise<void> {
    if (!running) {
      return;
    }
    const { child, gone } = running;
    running.expectExit = true;
    child.kill("SIGKILL");
    await gone;
  }

  return { start, stop, kill };
}

function spawnServer({ name, entry, env, output }: ServerProcessOptions): {
  child: ChildProcess;
  lastErrors(): string;
} {
  const log = output === "terminal" ? undefined : openSync(output.logFile, "a", 0o600);
  // The channel lets the server notice when this process is gone, even by SIGKILL.
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", entry], {
    cwd: rootFolder,
    env,
    stdio: ["ignore", log ?? "pipe", "pipe", "ipc"],
  });
  let errors = "";
  child.stderr?.setEncoding("utf8").on("data", (chunk: string) => {
    errors = (errors + chunk).slice(-4_000);
    if (log !== undefined) {
      writeSync(log, chunk);
    }
  });
  if (log === undefined) {
    for (const stream of [child.stdout, child.stderr]) {
      if (stream) {
        createInterface({ input: stream }).on("line", (line) => console.log(`${name} │ ${line}`));
      }
    }
  }
  child.once("close", () => {
    if (log !== undefined) {
      closeSync(log);
    }
  });
  return { child, lastErrors: () => (output === "terminal" ? "" : errors.trim()) };
}

async function untilReady(url: string, signal: AbortSignal): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    try {
      const attempt = AbortSignal.any([signal, AbortSignal.timeout(2_000)]);
      const response = await fetch(url, { signal: attempt });
      await response.body?.cancel();
      if (response.ok) {
        return;
      }
    } catch {
      signal.throwIfAborted();
    }
    await setTimeout(50, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
