import { connect as connectPlain } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { connect as connectTls } from "node:tls";
import { type HttpAnswer, parseAnswer } from "./http-answer.ts";

export type Header = readonly [name: string, value: string];

/** A request as it goes over the wire: nothing in it is normalised, checked or completed by a client. */
export interface HttpRequest {
  method: string;
  /** What stands between the method and `HTTP/1.1`. */
  target: string;
  headers: readonly Header[];
  body?: string | Buffer;
}

/** No answer, and why. */
export interface Silence {
  silence: string;
}

export type Send = (request: HttpRequest) => Promise<HttpAnswer | Silence>;

const answerTimeoutMs = 10_000;
const maxAnswerBytes = 1_000_000;
/** For a 429 that names no time. */
const retryAfterSeconds = 5;
const maxRetryAfterSeconds = 30;

/**
 * Sends requests to one server, one at a time on a connection of its own each, at least `gapMs`
 * apart. A 429 is waited out once.
 */
export function createSend(url: URL, gapMs: number): Send {
  let nextAt = 0;
  async function sendOnce(request: HttpRequest): Promise<HttpAnswer | Silence> {
    await pause(Math.max(0, nextAt - performance.now()));
    nextAt = performance.now() + gapMs;
    return exchange(url, serialize(request, url.host), request.method);
  }
  return async (request) => {
    const answer = await sendOnce(request);
    if ("silence" in answer || answer.status !== 429) return answer;
    await pause(1_000 * waitSeconds(answer.headers));
    return sendOnce(request);
  };
}

/** How long a 429 asks to wait; Better Auth says it in a header of its own. */
export function waitSeconds(headers: Headers): number {
  const wanted = Number(headers.get("retry-after") ?? headers.get("x-retry-after"));
  return Math.min(
    wanted >= 0 ? wanted || retryAfterSeconds : retryAfterSeconds,
    maxRetryAfterSeconds,
  );
}

function serialize({ method, target, headers, body }: HttpRequest, host: string): Buffer {
  const has = (name: string) => headers.some(([given]) => given.toLowerCase() === name);
  const content = Buffer.from(body ?? "");
  const isFramed = has("content-length") || has("transfer-encoding") || body === undefined;
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(has("host") ? [] : [`Host: ${host}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`),
    ...(isFramed ? [] : [`Content-Length: ${content.length}`]),
    "Connection: close",
  ];
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`), content]);
}

function exchange(url: URL, bytes: Buffer, method: string): Promise<HttpAnswer | Silence> {
  const host = url.hostname.replace(/^\[|\]$/g, "");
  const isTls = url.protocol === "https:";
  const port = Number(url.port) || (isTls ? 443 : 80);
  return new Promise((resolve) => {
    const socket = isTls
      ? connectTls({ host, port, servername: host, ALPNProtocols: ["http/1.1"] })
      : connectPlain({ host, port });
    let received = Buffer.alloc(0);
    const settle = (result: HttpAnswer | Silence) => {
      socket.destroy();
      resolve(result);
    };
    const parse = (isWhole: boolean) => parseAnswer(received, { method, isWhole });
    const end = (silence: string) => settle(parse(true) ?? { silence });
    socket.setTimeout(answerTimeoutMs, () => end(`no answer within ${answerTimeoutMs / 1_000} s`));
    socket.on("data", (chunk: Buffer) => {
      received = Buffer.concat([received, chunk]);
      const answer = parse(received.length > maxAnswerBytes);
      if (answer) settle(answer);
    });
    socket.on("error", (error) => end(`connection failed: ${error.message}`));
    socket.on("close", () => end("closed the connection without an answer"));
    socket.write(bytes);
  });
}
