import type { IncomingMessage, ServerResponse } from "node:http";
import type { Authenticated, Failure } from "../../core/auth-result.ts";
import type { Judge } from "./judge.ts";
import type { GatewayProblem } from "./problems.ts";

/** What a request asked for, as it is logged. */
export interface Asked {
  method: string;
  target: string;
}

/** What the two ways through the gateway share. */
export interface Exchange {
  judge: Judge;
  /** The headers that tell the backend who is calling. */
  identify(auth: Authenticated): Record<string, string>;
  /** Answers and logs a refusal of the guard's. */
  refused(failure: Failure, asked?: Asked): void;
  /** Answers and logs a problem of the gateway's own. */
  problem(code: GatewayProblem, asked: Asked, cause?: unknown): void;
  /** Aborted when the client has left before its answer was whole. */
  signal: AbortSignal;
}

export type Door = (
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
) => Promise<void>;
