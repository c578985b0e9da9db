import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

interface SeenRequest {
  method: string;
  url: string;
  headers: IncomingHttpHeaders;
  rawHeaders: string[];
  bodyBytes: number;
}

/** A backend that believes what it is told, and remembers it. */
export async function startSeenBackend() {
  const seen: SeenRequest[] = [];
  const server = createServer(async (request, response) => {
    const { method = "", url = "", headers, rawHeaders } = request;
    let bodyBytes = 0;
    for await (const chunk of request) bodyBytes += Buffer.byteLength(chunk);
    seen.push({ method, url, headers, rawHeaders, bodyBytes });
    response.setHeader("Cache-Control", "public, max-age=60");
    response.end(JSON.stringify({ user: headers["x-auth-user-id"] ?? null }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    port,
    /** Every request that arrived since this was last asked. */
    takeSeen: () => seen.splice(0),
    async listen() {
      server.listen(port, "127.0.0.1");
      await once(server, "listening");
    },
    async stop() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

export type SeenBackend = Awaited<ReturnType<typeof startSeenBackend>>;
