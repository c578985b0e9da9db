import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A port of loopback that leads to another, and can become slow, fall silent, or end. */
export async function openUnsteadyWay() {
  const sockets = new Set<Socket>();
  let targetPort: number | undefined;
  let delayMs = 0;
  let isSilent = false;
  const server = createServer((near) => {
    if (targetPort === undefined) throw new Error("it leads nowhere yet");
    const far = connect(targetPort, "127.0.0.1");
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
  return {
    origin: `http://127.0.0.1:${port}`,
    /** What is at this address is found at the one it returns. */
    leadTo(address: string): string {
      const url = new URL(address);
      targetPort = Number(url.port);
      url.port = `${port}`;
      return url.href;
    },
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
    close(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
    async reopen(): Promise<void> {
      await once(server.listen(port, "127.0.0.1"), "listening");
    },
  };
}

export type UnsteadyWay = Awaited<ReturnType<typeof openUnsteadyWay>>;
