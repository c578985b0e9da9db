import assert from "node:assert/strict";
import { once } from "node:events";
import type { Server } from "node:net";

/** Listens on localhost and says on which port; a free one unless it is given. */
export async function listen(server: Server, port = 0): Promise<number> {
  server.listen(port, "localhost");
  await once(server, "listening");
  const address = server.address();
  assert.ok(address !== null && typeof address === "object");
  return address.port;
}
