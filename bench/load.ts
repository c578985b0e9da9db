import * as z from "zod";
import { startProcess } from "./bench-process.ts";
import { type Sample, sampleSchema } from "./sample.ts";

export const loadSchema = z.object({
  port: z.number(),
  /** The bytes of each request, as text; sent in turn, whichever connection is free. */
  requests: z.array(z.string()),
  connections: z.number(),
  /** Not counted at first: this long, and until each connection has had an answer. */
  leadInMs: z.number(),
  /** Counted: this long, and at least so many answers. */
  durationMs: z.number(),
  minAnswers: z.number(),
  /** Of all connections together. Default: each asks again once it is answered. */
  requestsPerSecond: z.number().optional(),
});

export type Load = z.infer<typeof loadSchema>;

export interface LoadGenerator {
  pid: number;
  run(load: Load): Promise<Sample>;
}

/** In a process of its own: what it costs must not be on the account of what is measured. */
export async function startLoadGenerator(): Promise<LoadGenerator> {
  const child = await startProcess(new URL("load-generator.ts", import.meta.url));
  return { pid: child.pid, run: (load) => child.ask(load, sampleSchema) };
}
