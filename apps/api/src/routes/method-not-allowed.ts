import type { Handler } from "hono";
import type { ApiEnv } from "../api-env.ts";
import { refuse } from "../problem.ts";

/** For whatever method no handler before it has answered (RFC 9110 15.5.6). */
export function methodNotAllowed(allow: string): Handler<ApiEnv> {
  return (c) => {
    const response = refuse(c, "method_not_allowed");
    response.headers.set("Allow", allow);
    return response;
  };
}
