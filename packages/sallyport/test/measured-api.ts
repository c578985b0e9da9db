import { once } from "node:events";
import { createServer, type RequestListener } from "node:http";
import * as z from "zod";
import { type CheckName, checks } from "./measured-checks.ts";

/** A process for the benchmark: one route behind one check. */
process.on("disconnect", () => process.exit());
const [options]: unknown[] = await once(process, "message");
const { check, isTimed, ...surroundings } = z
  .object({
    check: z.custom<CheckName>((name) => typeof name === "string" && Object.hasOwn(checks, name)),
    authUrl: z.string(),
    serviceKey: z.string(),
    stubUrl: z.string(),
    isTimed: z.boolean(),
  })
  .parse(options);

let checksMicroseconds: number[] = [];
const listener: RequestListener = await checks[check]({
  ...surroundings,
  onCheck: isTimed
    ? (durationMs) => checksMicroseconds.push(Math.round(durationMs * 1_000))
    : undefined,
});
const server = createServer(listener).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("no port to listen on");

const answers = {
  /** Since the last time that it was asked. */
  checks() {
    const taken = { checksMicroseconds };
    checksMicroseconds = [];
    return taken;
  },
  /** After a collection: what is in use, not what has not been swept yet. */
  memory() {
    globalThis.gc?.();
    const { heapUsed, rss } = process.memoryUsage();
    return { heapUsedBytes: heapUsed, rssBytes: rss };
  },
};
const questionSchema = z.object({ about: z.enum(["checks", "memory"]) });
process.on("message", (message) => process.send?.(answers[questionSchema.parse(message).about]()));
process.send?.({ port: address.port });
