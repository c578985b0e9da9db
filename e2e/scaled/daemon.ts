import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { setTimeout } from "node:timers/promises";

const readyDeadlineMs = 20_000;

export interface DaemonOptions {
  name: string;
  command: string[];
  env?: NodeJS.ProcessEnv;
  user?: { uid?: number; gid?: number };
  /** What it prints once it serves. */
  readyLine: string;
  /** What `stop` and `kill` send. */
  signals: { stop: NodeJS.Signals; kill: NodeJS.Signals };
}

/** A server that is not ours, which can be stopped and started again on the same port. */
export interface Daemon {
  start(): Promise<void>;
  /** In order: it may finish what it does. */
  stop(): Promise<void>;
  /** At once. */
  kill(): Promise<void>;
  /** It keeps its connections and takes new ones, and answers on none. */
  pause(): void;
  resume(): void;
}

// When its input ends, it kills the server: so it does however the process that started it dies.
const supervisor = `
  "$@" 2>&1 & server=$!
  echo "pid $server"
  (cat >/dev/null; kill -KILL $server 2>/dev/null) <&3 & watch=$!
  wait $server
  kill $watch
`;

export function createDaemon(options: DaemonOptions): Daemon {
  const { name, command, env, user, readyLine, signals } = options;
  let running: { child: ChildProcess; pid: number; gone: Promise<unknown> } | undefined;

  async function start(): Promise<void> {
    const child = spawn("sh", ["-c", `exec 3<&0; ${supervisor}`, "sh", ...command], {
      ...user,
      cwd: "/",
      env: { PATH: process.env.PATH, ...env },
      detached: true,
      stdio: ["pipe", "pipe", "ignore"],
    });
    const gone = once(child, "exit");
    let log = "";
    const ready = Promise.withResolvers<void>();
    child.stdout.setEncoding("utf8").on("data", (chunk: string) => {
      log = (log + chunk).slice(-10_000);
      const pid = /^pid (\d+)$/m.exec(log)?.[1];
      if (pid !== undefined) running ??= { child, pid: Number(pid), gone };
      if (log.includes(readyLine)) ready.resolve();
    });
    const failed = gone.then(() => Promise.reject(new Error("it ended")));
    const late = new AbortController();
    const tooLate = setTimeout(readyDeadlineMs, undefined, { signal: late.signal }).then(() =>
      Promise.reject(new Error("it takes too long")),
    );
    try {
      await Promise.race([ready.promise, failed, tooLate]);
    } catch (cause) {
      child.stdin.destroy();
      throw new Error(`Cannot start ${name}: ${log.trim()}`, { cause });
    } finally {
      late.abort();
      for (const promise of [failed, tooLate]) promise.catch(() => {});
    }
  }

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (running === undefined) return;
    const { pid, gone } = running;
    process.kill(pid, signal);
    await gone;
    running = undefined;
  }

  const send = (signal: NodeJS.Signals) => {
    if (running === undefined) throw new Error(`${name} does not run`);
    process.kill(running.pid, signal);
  };

  return {
    start,
    stop: () => end(signals.stop),
    kill: () => end(signals.kill),
    pause: () => send("SIGSTOP"),
    resume: () => send("SIGCONT"),
  };
}
