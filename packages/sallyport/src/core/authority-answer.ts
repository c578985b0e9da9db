/** Not an answer to trust: whatever it is, it says nothing about what was asked. */
export class Unusable {
  readonly kind = "unusable";
  readonly reason: string;

  /** @param what as in "Better Auth answered with …" */
  constructor(what: string) {
    this.reason = `Better Auth answered with ${what}`;
  }
}

/** Undefined for what is no JSON: `null` is an answer. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
