import { once } from "node:events";
import { connect } from "node:net";
import { type Load, loadSchema } from "./load.ts";
import type { Sample } from "./sample.ts";

// Each answer is read before the next one arrives: all connections can share it.
const buffer = Buffer.alloc(64 * 1024);

/**
 * A process that sends requests over raw sockets, one at a time on each connection. It shares the
 * machine with what it measures, so it does as little as it can: no stream, no HTTP parser.
 */
process.on("disconnect", () => process.exit());
await once(process, "message");
process.on("message", async (message) => {
  process.send?.(await generate(loadSchema.parse(message)));
});
process.send?.({});

async function generate(load: Load): Promise<Sample> {
  const { requests, connections, leadInMs, durationMs, minAnswers } = load;
  const bytes = requests.map((request) => Buffer.from(request, "latin1"));
  const latenciesMicroseconds: number[] = [];
  const startedAt = performance.now();
  let sent = 0;
  let warm = 0;
  let answers = 0;
  let refused = 0;
  let counted = 0;
  let countedFrom: number | undefined;
  let countedMs: number | undefined;

  function note(status: string, sentAt: number, isFirst: boolean): void {
    const now = performance.now();
    if (status === "200") answers += 1;
    else refused += 1;
    if (isFirst) warm += 1;
    if (countedFrom === undefined) {
      if (warm === connections && now - startedAt >= leadInMs) countedFrom = now;
    } else if (countedMs === undefined) {
      counted += 1;
      if (status === "200") latenciesMicroseconds.push(Math.round((now - sentAt) * 1_000));
      const elapsedMs = now - countedFrom;
      // Refusals count, or a run of nothing else would not end.
      if (elapsedMs >= durationMs && counted >= minAnswers) countedMs = elapsedMs;
    }
  }

  /** Asks until enough is counted, and leaves no request unanswered: the next row wants quiet. */
  async function keepAsking(): Promise<void> {
    const done = Promise.withResolvers<void>();
    let sentAt = 0;
    let isFirst = true;
    let pending = "";
    let dueAt = performance.now();
    const socket = connect({
      port: load.port,
      host: "127.0.0.1",
      noDelay: true,
      onread: {
        buffer,
        callback(length) {
          pending += buffer.toString("latin1", 0, length);
          const status = wholeAnswer(pending);
          if (status === undefined) return true;
          pending = "";
          note(status, sentAt, isFirst);
          isFirst = false;
          if (countedMs === undefined) next();
          else done.resolve();
          return true;
        },
      },
    });
    socket.on("error", done.reject);
    socket.on("close", () => done.reject(new Error("the server closed a connection")));
    await once(socket, "connect");

    function send(): void {
      sentAt = performance.now();
      socket.write(bytes[sent % bytes.length] ?? "");
      sent += 1;
    }
    function next(): void {
      // As strangers ask: at random moments (a Poisson process), not in step with the answers.
      const apartMs = (connections * 1_000) / (load.requestsPerSecond ?? Number.POSITIVE_INFINITY);
      dueAt += -Math.log(1 - Math.random()) * apartMs;
      const waitMs = dueAt - performance.now();
      if (waitMs > 0) setTimeout(send, waitMs);
      else send();
    }
    next();
    await done.promise;
    socket.destroy();
  }

  await Promise.all(Array.from({ length: connections }, keepAsking));
  return { answers, refused, countedMs: countedMs ?? 0, latenciesMicroseconds };
}

/** Its status, once all of the answer is there (RFC 9112 6.3: as long as it says). */
function wholeAnswer(text: string): string | undefined {
  const headEnd = text.indexOf("\r\n\r\n");
  if (headEnd === -1) return undefined;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(text)?.[1];
  if (length === undefined) throw new Error(`an answer of unknown length: ${text.slice(0, 80)}`);
  return text.length >= headEnd + 4 + Number(length) ? text.slice(9, 12) : undefined;
}
