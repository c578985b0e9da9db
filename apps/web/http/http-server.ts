import { createServer, type IncomingMessage, type RequestListener, type Server } from "node:http";

export function createHttpServer(
  listener: RequestListener,
  isUpgradeWanted: (request: IncomingMessage) => boolean,
): Server {
  return createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // Anything else that asks for an upgrade is an ordinary request, and passes the listener.
      shouldUpgradeCallback: isUpgradeWanted,
    },
    listener,
  );
}
