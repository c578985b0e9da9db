import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

/** A port from which answers take their time, as if from another continent, in their order. */
export async function openLongWay(delayMs: number) {
  let targetPort: number | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (targetPort === undefined) throw new Error("it leads nowhere yet");
    const far = connect(targetPort, "127.0.0.1");
    near.pipe(far);
    far.on("data", (chunk) => setTimeout(() => near.write(chunk), delayMs));
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.setNoDelay().on("error", () => {});
      socket.on("close", () => {
        near.destroy();
        far.destroy();
        sockets.delete(socket);
      });
    }
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("no port to listen on");
  return {
    url: `http://127.0.0.1:${address.port}`,
    leadTo(port: number): void {
      targetPort = port;
    },
    close(): void {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

export type LongWay = Awaited<ReturnType<typeof openLongWay>>;
