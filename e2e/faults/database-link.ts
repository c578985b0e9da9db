import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A way to a database that can become slow, fall silent, or end. */
export async function openDatabaseLink(databaseUrl: string) {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let delayMs = 0;
  let isSilent = false;
  const server = createServer((near) => {
    const far = connect(Number(target.port), target.hostname);
    near.pipe(far);
    // In their order: the delay changes only while nothing is on the way, or grows.
    far.on("data", (chunk) => setTimeout(() => near.write(chunk), delayMs));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay().on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
      if (isSilent) socket.pause();
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  const { port } = address;
  const linked = new URL(databaseUrl);
  linked.port = `${port}`;
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return {
    url: linked.href,
    delayAnswers(ms: number): void {
      delayMs = ms;
    },
    /** Connections stay, new ones are taken, and nothing comes through. */
    fallSilent(): void {
      isSilent = true;
      for (const socket of sockets) socket.pause();
    },
    /** What was held up comes through now. */
    speak(): void {
      isSilent = false;
      for (const socket of sockets) socket.resume();
    },
    /** Breaks all connections, and refuses new ones. */
    close,
    async reopen(): Promise<void> {
      await once(server.listen(port, "127.0.0.1"), "listening");
    },
  };
}
