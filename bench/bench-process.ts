import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import * as z from "zod";

/** Far beyond what any one measurement takes. */
const patienceMs = 120_000;

const readySchema = z.object({ port: z.number().default(0) });

export interface BenchProcess {
  pid: number;
  /** On 127.0.0.1, if it listens. */
  port: number;
  /** One question at a time. Rejects when the process ends, or stays silent. */
  ask<Answer>(question: object, answer: z.ZodType<Answer>): Promise<Answer>;
}

const running = new Set<ChildProcess>();

/**
 * Starts a file that takes its options from the first message, for keys do not belong into a list
 * of processes, and says by another that it is ready.
 */
export async function startProcess(
  file: URL,
  options: object = {},
  nodeOptions: string[] = [],
): Promise<BenchProcess> {
  const child = fork(file, [], {
    execArgv: ["--disable-warning=ExperimentalWarning", ...nodeOptions],
    env: { ...process.env, NODE_ENV: "production" },
  });
  running.add(child);
  const ended = new AbortController();
  child.once("exit", () => {
    running.delete(child);
    ended.abort(new Error(`${file.pathname} ended, and nobody had told it to`));
  });
  async function nextMessage(): Promise<unknown> {
    const signal = AbortSignal.any([ended.signal, AbortSignal.timeout(patienceMs)]);
    try {
      const [message]: unknown[] = await once(child, "message", { signal });
      return message;
    } catch {
      throw signal.reason;
    }
  }

  child.send(options);
  const { port } = readySchema.parse(await nextMessage());
  const { pid } = child;
  if (pid === undefined) throw new Error(`${file.pathname} did not start`);
  return {
    pid,
    port,
    async ask(question, answer) {
      child.send(question);
      return answer.parse(await nextMessage());
    },
  };
}

/** If this process dies instead, they notice it by their channel. */
export async function stopProcesses(): Promise<void> {
  await Promise.all(
    [...running].map(async (child) => {
      const gone = once(child, "exit");
      child.kill();
      await gone;
    }),
  );
}
