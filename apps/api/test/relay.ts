import { connect, createServer, type Socket } from "node:net";
import { listen } from "./listen.ts";

export interface Relay {
  url: string;
  /** Cuts every connection and refuses new ones. */
  cut(): void;
  restore(): Promise<void>;
}

/** Stands between a client and a server so that a test can take the server away. */
export async function startRelay(targetUrl: string): Promise<Relay> {
  const target = new URL(targetUrl);
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => socket.destroy());
      socket.on("close", () => sockets.delete(socket));
    }
    client.pipe(upstream).pipe(client);
  });
  const port = await listen(server);
  const url = new URL(targetUrl);
  url.hostname = "localhost";
  url.port = String(port);
  return {
    url: url.href,
    cut() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    async restore() {
      await listen(server, port);
    },
  };
}
