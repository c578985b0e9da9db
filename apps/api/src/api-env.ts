import type { RequestIdVariables } from "hono/request-id";
import type { ProtectVariables } from "sallyport/hono";

/** What the stations of a request leave for those after them. */
export interface ApiEnv {
  Variables: RequestIdVariables & ProtectVariables & { failure?: LoggedFailure };
}

/** Why a request was refused: for the log. */
export interface LoggedFailure {
  code: string;
  userId?: string;
  cause?: unknown;
}
