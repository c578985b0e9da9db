import { randomUUID } from "node:crypto";
import type { IncomingMessage, RequestListener, Server } from "node:http";
import { type ConnectionLimits, createBoundedServer } from "@sallyport/server";
import { problemAnswer } from "./problem.ts";

export function createHttpServer(
  listener: RequestListener,
  isUpgradeWanted: (request: IncomingMessage) => boolean,
  limits?: ConnectionLimits,
): Server {
  return createBoundedServer(listener, {
    limits,
    isUpgradeWanted,
    refuse: (reason) => problemAnswer(reason, randomUUID()),
  });
}
