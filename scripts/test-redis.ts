import { spawn } from "node:child_process";
import { once } from "node:events";
import { provideProgram } from "./debian-package.ts";
import { freePorts } from "./port.ts";

export interface TestRedis {
  url: string;
  /** It keeps its connections and takes new ones, and answers on none. */
  pause(): void;
  resume(): void;
  /** At once, with all it holds. */
  kill(): Promise<void>;
  /** After `kill`, on the same port; empty. */
  restart(): Promise<void>;
}

// It kills Redis when its input ends, which it does however the process that started it dies.
const supervisor = `
  "$@" & redis=$!
  echo "redis has pid $redis"
  cat >/dev/null
  kill -KILL $redis; wait $redis
`;

/** Starts an empty Redis on a port of loopback, which writes nothing to disk. */
export async function startTestRedis(): Promise<TestRedis> {
  const program = provideProgram("redis-server");
  const [port] = await freePorts(1);
  const settings = ["--bind", "127.0.0.1", "--port", String(port), "--save", "", "--dir", "/"];
  const start = () => runRedis([program, ...settings]);
  let running = await start();
  return {
    url: `redis://127.0.0.1:${port}`,
    pause: () => void process.kill(running.pid, "SIGSTOP"),
    resume: () => void process.kill(running.pid, "SIGCONT"),
    kill: () => running.end(),
    async restart() {
      running = await start();
    },
  };
}

async function runRedis(command: string[]) {
  const child = spawn("sh", ["-c", supervisor, "sh", ...command], {
    cwd: "/",
    detached: true,
    stdio: ["pipe", "pipe", "ignore"],
  });
  const gone = once(child, "exit");
  const end = async () => {
    child.stdin.end();
    await gone;
  };
  let log = "";
  for await (const chunk of child.stdout.setEncoding("utf8").iterator({ destroyOnReturn: false })) {
    log += chunk;
    if (log.includes("Ready to accept connections")) {
      child.stdout.resume();
      return { pid: Number(/^redis has pid (\d+)$/m.exec(log)?.[1]), end };
    }
  }
  await end();
  throw new Error(`Cannot start Redis for the tests: ${log.trim()}`);
}
