import { type Authenticated, type Failure, refuse } from "../../core/auth-result.ts";
import type { Guard } from "../../core/guard.ts";
import type { GuardRequest } from "../../core/guard-request.ts";
import { readPath } from "./judged-path.ts";
import type { PathRules } from "./path-rules.ts";

interface JudgedRequest {
  method: string;
  /** As it stands in the request line: path and query. */
  target: string;
  headers: GuardRequest["headers"];
  /** Aborted when nobody waits for the judgement any more. */
  signal: AbortSignal;
}

/** `auth` is absent on a public path: nobody was asked who they are. */
type Judgement = { ok: true; auth?: Authenticated } | { ok: false; failure: Failure };

export type Judge = (request: JudgedRequest) => Promise<Judgement>;

/** Says whether a request may pass, and as whom. */
export function createJudge(guard: Guard, rules: PathRules): Judge {
  return async ({ method, target, headers, signal }) => {
    const path = readPath(target);
    if (path === undefined) {
      return refuse("malformed_request", { cause: new Error("the path can be read in two ways") });
    }
    const demand = rules(method, path);
    if (demand.kind === "public") return { ok: true };
    const owner = demand.kind === "owner" ? demand.owner : undefined;
    const result = await guard.authenticate({ method, url: target, headers }, { owner, signal });
    return result.ok ? { ok: true, auth: result } : result;
  };
}
