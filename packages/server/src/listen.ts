import { once } from "node:events";
import type { Server } from "node:http";

export interface Listening {
  /** The process, in the words of the message. */
  name: string;
  host: string;
  port: number;
  /** Where a person chooses another port. */
  portVariable: string;
}

/** Resolves once the server listens; rejects with one line that says what to do. */
export async function listen(
  server: Server,
  { name, host, port, portVariable }: Listening,
): Promise<void> {
  server.listen(port, host);
  await once(server, "listening").catch((cause: NodeJS.ErrnoException) => {
    throw new Error(
      cause.code === "EADDRINUSE"
        ? `Cannot start the ${name}: port ${port} on ${host} is taken; stop who holds it, or choose another with ${portVariable}.`
        : `Cannot start the ${name}: cannot listen on ${host}:${port} (${cause.code}); check HOST and ${portVariable}.`,
    );
  });
}
