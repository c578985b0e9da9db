import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import { Transform, type TransformCallback } from "node:stream";
import type { TestDatabase } from "./database.ts";

/** The way to a PostgreSQL database over a connection that can be cut, slow or silent, and mended. */
export async function linkDatabase({ databaseUrl }: Pick<TestDatabase, "databaseUrl">) {
  if (databaseUrl === undefined) throw new Error("Only a PostgreSQL database can be linked");
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  let isSilent = false;
  let answerDelayMs = 0;
  let held: (() => void)[] = [];

  /** What clients say, held back while the link is silent. */
  const questions = () =>
    transform((pass) => {
      if (isSilent) held.push(pass);
      else pass();
    });
  /** What the server says, each piece as late as the link is slow. */
  const answers = () =>
    transform((pass) => {
      if (answerDelayMs > 0) setTimeout(pass, answerDelayMs);
      else pass();
    });
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other, between] of [
      [near, far, questions()],
      [far, near, answers()],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(between).pipe(other);
    }
    if (isCut) near.destroy();
  }).listen(0, "127.0.0.1");
  server.unref();
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("No port to listen on");

  const linked = new URL(databaseUrl);
  linked.hostname = "127.0.0.1";
  linked.port = String(address.port);
  const cut = () => {
    isCut = true;
    for (const socket of sockets) socket.destroy();
  };
  return {
    databaseUrl: linked.href,
    /** How many clients are connected. */
    get connections() {
      return sockets.size / 2;
    },
    cut,
    /** Connections are accepted and stay open, and no answer comes. */
    silence() {
      isSilent = true;
    },
    /** Each answer comes so much later. */
    slow(delayMs: number) {
      answerDelayMs = delayMs;
    },
    mend() {
      isCut = false;
      isSilent = false;
      answerDelayMs = 0;
      for (const pass of held) pass();
      held = [];
    },
    async close() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

export type DatabaseLink = Awaited<ReturnType<typeof linkDatabase>>;

function transform(handle: (pass: () => void) => void): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, done: TransformCallback) {
      handle(() => done(null, chunk));
    },
  });
}
