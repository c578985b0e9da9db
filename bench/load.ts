import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout } from "node:timers/promises";

const connections = 50;

export interface Load {
  origin: URL;
  path: string;
  headers: Record<string, string>;
  durationMs: number;
  /** On average, between an answer and the next request of its connection. Default: none. */
  pauseMs?: number;
}

/**
 * Answers per second, one request at a time on each connection. Bytes on a socket, and answers
 * known by their length alone, so that this process is not what is measured.
 */
export async function answersPerSecond(load: Load) {
  const { origin, path, headers, durationMs, pauseMs = 0 } = load;
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  const request = `GET ${path} HTTP/1.1\r\nhost: ${origin.host}\r\n${lines.join("")}\r\n`;
  const length = await answerLength(origin, request);
  const endsAt = performance.now() + durationMs;
  const counts = await Promise.all(
    Array.from({ length: connections }, () =>
      keepAsking({ origin, request, length, endsAt, pauseMs }),
    ),
  );
  return counts.reduce((sum, count) => sum + count, 0) / (durationMs / 1_000);
}

/** Of an answer that has to be 200; `Date`, its one part that changes, is always as long. */
async function answerLength(origin: URL, request: string): Promise<number> {
  const socket = connect(Number(origin.port), origin.hostname);
  socket.write(request);
  let text = "";
  for await (const chunk of socket.setEncoding("latin1")) {
    text += chunk;
    const [head = "", body] = text.split("\r\n\r\n");
    const length = /content-length: (\d+)/i.exec(head)?.[1];
    if (body !== undefined && body.length === Number(length)) break;
  }
  if (!text.startsWith("HTTP/1.1 200")) throw new Error(`the route answered: ${text.slice(0, 60)}`);
  return text.length;
}

interface Ask {
  origin: URL;
  request: string;
  length: number;
  endsAt: number;
  pauseMs: number;
}

async function keepAsking({ origin, request, length, endsAt, pauseMs }: Ask) {
  const socket = connect(Number(origin.port), origin.hostname).setNoDelay();
  await once(socket, "connect");
  let count = 0;
  let received = 0;
  socket.write(request);
  for await (const chunk of socket) {
    received += chunk.length;
    if (received < length) continue;
    received = 0;
    count += 1;
    if (performance.now() >= endsAt) break;
    if (pauseMs > 0) await setTimeout(Math.random() * 2 * pauseMs);
    socket.write(request);
  }
  return count;
}
