export type {
  Authenticated,
  AuthenticatedUser,
  AuthResult,
  Failure,
  FailureCode,
  Refused,
  SchemeName,
} from "./core/auth-result.ts";
export { type Denial, guardedHeaders } from "./core/denial.ts";
export {
  type AuthenticateOptions,
  createGuard,
  type Guard,
  type GuardOptions,
  requireUserIdMatch,
} from "./core/guard.ts";
export type { GuardRequest } from "./core/guard-request.ts";
export { createProblem, type Problem, type ProblemKind } from "./core/problem.ts";
export type { AuthorityState, Scheme } from "./core/scheme.ts";
export { type BetterAuthSessionOptions, betterAuthSession } from "./core/session-scheme.ts";
export type { Decision, DecisionHook } from "./core/telemetry.ts";
