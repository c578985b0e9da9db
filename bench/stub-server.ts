import { once } from "node:events";
import { createServer } from "node:http";

/** A process that answers about as much as get-session does, and does nothing for it. */
process.on("disconnect", () => process.exit());
const body = JSON.stringify({ stub: "x".repeat(490) });
const server = createServer((_request, response) => {
  response.writeHead(200, { "content-type": "application/json" }).end(body);
}).listen(0, "127.0.0.1");
await once(server, "listening");
const address = server.address();
if (address === null || typeof address === "string") throw new Error("no port to listen on");
process.send?.({ port: address.port });
