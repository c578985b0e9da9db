import type { HttpRequest } from "./exchange.ts";
import type { HttpAnswer } from "./http-answer.ts";
import type { Scene } from "./scene.ts";

/** In a request's body or target: a text that no other case writes. */
export const marker = "MARKER-OF-THE-CASE";

/**
 * What a sound backend does.
 * - `refused`: there is no credential in it that counts. Being let in proves a break.
 * - `apart`: the attacker's own credential is in it, and the victim's data stays out of it.
 * - `inert`: neither the victim's nor the attacker's own data is changed.
 * - `strict`: the attacker's own credential in a form that it should not have. Whoever takes it
 *   shows nobody else's data, so that it is told and not counted as a break.
 * - `foreign form`, `foreign script`: the victim's browser is made to send it by another origin's
 *   page, without and with a preflight first. Nothing is written.
 */
export type Expectation =
  | "refused"
  | "apart"
  | "inert"
  | "strict"
  | "foreign form"
  | "foreign script"
  | ((answer: HttpAnswer) => Verdict);

export interface AuditCase {
  name: string;
  /** Where it is another than its class's. */
  asvs?: string;
  /** A function prepares it first; it throws a `NotPossible` where that cannot be done. */
  request: HttpRequest | (() => Promise<HttpRequest>);
  expect: Expectation;
}

export interface AuditClass {
  id: string;
  title: string;
  /** An item of the OWASP API Security Top 10, 2023. */
  owasp: string;
  /** A requirement of ASVS 5.0.0. */
  asvs: string;
  /** What to do about a break. */
  mend: string;
  cases(scene: Scene): AuditCase[];
}

export type Outcome = "pass" | "fail" | "unclear";

export interface Verdict {
  outcome: Outcome;
  /** Empty where nothing is to be said. */
  reason: string;
}

export interface CaseResult extends Verdict {
  name: string;
  asvs: string;
  /** Method and target, without credentials. */
  request: string;
  status: number | null;
}

/** A case that cannot be played here, and why. */
export class NotPossible extends Error {
  override readonly name = "NotPossible";
}
