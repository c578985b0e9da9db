import { once } from "node:events";
import { createServer } from "node:net";
import { LaunchError } from "./launch-error.ts";

/** Refuses a port that another program listens on; `variable` is where a person chooses another. */
export async function requireFreePort(
  port: number,
  host: string | undefined,
  variable: string,
): Promise<void> {
  // "localhost" is both loopback addresses: a stranger on either would get the browser's requests.
  for (const address of host ? [host] : ["127.0.0.1", "::1"]) {
    const code = await tryToListen(port, address);
    if (code === "EADDRINUSE") {
      throw new LaunchError(
        `Port ${port} is already in use: stop the program that listens there, or choose another port with ${variable}.`,
      );
    }
    if (code === "EACCES") {
      throw new LaunchError(
        `Port ${port} is reserved for privileged programs: choose one above 1023 with ${variable}.`,
      );
    }
  }
}

/** Ports of loopback that nothing listens on at the moment, all different. */
export async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const addresses = servers.map((server) => server.address());
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return addresses.flatMap((address) => (typeof address === "object" ? (address?.port ?? []) : []));
}

async function tryToListen(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  try {
    server.listen(port, host);
    await once(server, "listening");
  } catch (error) {
    return error instanceof Error && "code" in error ? String(error.code) : String(error);
  }
  await once(server.close(), "close");
  return undefined;
}
