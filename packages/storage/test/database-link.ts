import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";
import type { TestDatabase } from "./database.ts";

/** The way to a PostgreSQL database over a connection that can be cut and mended. */
export async function linkDatabase({ databaseUrl }: TestDatabase) {
  if (databaseUrl === undefined) throw new Error("Only a PostgreSQL database can be linked");
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    for (const [socket, other] of [
      [near, far],
      [far, near],
    ] as const) {
      sockets.add(socket);
      socket.on("error", () => other.destroy());
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroy();
      });
      socket.pipe(other);
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
    cut,
    mend() {
      isCut = false;
    },
    async close() {
      server.close();
      cut();
      await once(server, "close");
    },
  };
}

export type DatabaseLink = Awaited<ReturnType<typeof linkDatabase>>;
