import type { Server, ServerResponse } from "node:http";
import { setImmediate, setTimeout } from "node:timers/promises";

/** Without a request for this long, nobody is being served: balancers look at us each second. */
const QUIET_MS = 1_200;
const LOOK_INTERVAL_MS = 20;

/** What a server has to do, so that it can be stopped in a moment in which that harms nobody. */
export function watchTraffic(server: Server) {
  const running = new Set<ServerResponse>();
  let connections = 0;
  let lastActiveAt = Number.NEGATIVE_INFINITY;
  let isLast = false;

  server.prependListener("connection", () => {
    connections += 1;
  });
  server.prependListener("request", (_request, response: ServerResponse) => {
    running.add(response);
    lastActiveAt = performance.now();
    if (isLast) response.shouldKeepAlive = false;
    response.once("close", () => {
      running.delete(response);
      lastActiveAt = performance.now();
    });
  });

  return {
    /** Resolves when no request is running and none has come for a moment, or else in the end. */
    async untilQuiet(atMostMs: number): Promise<void> {
      const latest = performance.now() + atMostMs;
      const isQuiet = () => running.size === 0 && performance.now() - lastActiveAt >= QUIET_MS;
      do {
        await setTimeout(LOOK_INTERVAL_MS);
        // After a stall of this process the timer comes first: read what has arrived meanwhile.
        await setImmediate();
      } while (!isQuiet() && performance.now() < latest);
    },

    /**
     * Resolves when no connection waits to be accepted: closing the listening socket would reset
     * it, and with it a request that its client cannot know to be unread. One is accepted in each
     * turn of the event loop.
     */
    async untilAllAreAccepted(atMostMs: number): Promise<void> {
      const latest = performance.now() + atMostMs;
      let before: number;
      do {
        before = connections;
        await setImmediate();
      } while (connections > before && performance.now() < latest);
    },

    /** Every answer from now on is the last one on its connection, and says so (RFC 9112 9.6). */
    answerLast(): void {
      isLast = true;
      for (const response of running) response.shouldKeepAlive = false;
    },
  };
}
