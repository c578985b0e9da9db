import * as z from "zod";
import { cookieRequests } from "./sessions.ts";
import type { System } from "./system.ts";

const connections = 50;
const steps = 10;

const memorySchema = z.object({ heapUsedBytes: z.number(), rssBytes: z.number() });

export interface MemoryUse extends z.infer<typeof memorySchema> {
  checks: number;
}

/** What the api holds, after a collection, as it goes on checking. */
export async function memoryUse(system: System, allChecks: number): Promise<MemoryUse[]> {
  const api = await system.startApi({
    check: "session: sallyport, batched",
    storage: "PostgreSQL",
    nodeOptions: ["--expose-gc"],
  });
  const uses: MemoryUse[] = [];
  let checks = 0;
  for (let step = 0; step <= steps; step += 1) {
    const { answers, refused } = await system.load.run({
      port: api.port,
      requests: cookieRequests(),
      connections,
      leadInMs: 0,
      durationMs: 0,
      minAnswers: allChecks / steps,
    });
    if (refused > 0) throw new Error(`the api refused ${refused} requests`);
    checks += answers;
    uses.push({ checks, ...(await api.ask({ about: "memory" }, memorySchema)) });
    console.error(`memory: ${checks.toLocaleString("en")} checks`);
  }
  return uses;
}
