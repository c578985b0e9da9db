import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { type ConnectionLimits, createBoundedServer } from "@sallyport/server";
import { problemAnswer } from "./problem.ts";

const connectionLimits: ConnectionLimits = {
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 125_000,
  stalledMs: 60_000,
  connectionMs: 240_000,
  connections: 2_000,
};

export function createHttpServer(
  listener: RequestListener,
  isUpgradeWanted: (request: IncomingMessage) => boolean,
  limits = connectionLimits,
): Server {
  return createBoundedServer(listener, {
    limits,
    isUpgradeWanted,
    refuse: (reason) => problemAnswer(reason, randomUUID()),
  });
}
