import type { Expectation, Verdict } from "./case.ts";
import type { Silence } from "./exchange.ts";
import type { HttpAnswer } from "./http-answer.ts";

/** What the owners saw of their own data after a request that might have changed it. */
export interface Effects {
  victimChanged: boolean;
  attackerChanged: boolean;
  writtenTo: "victim" | "attacker" | undefined;
}

export interface Observation {
  method: string;
  answer: HttpAnswer | Silence;
  effects: Effects;
  /** Texts that are in one user's data alone. */
  canaries: { victim: readonly string[]; attacker: readonly string[] };
  /** Whether the same request without a credential is refused: only then 2xx shows that one counted. */
  anonymousIsRefused: boolean;
  /** Of a HEAD to each user's own list. */
  listBytes: { victim: string | null; attacker: string | null };
}

export const pass: Verdict = { outcome: "pass", reason: "" };
export const fail = (reason: string): Verdict => ({ outcome: "fail", reason });
export const unclear = (reason: string): Verdict => ({ outcome: "unclear", reason });

/**
 * Passes what is proven by the answer and by what the owners see afterwards, fails what proves a
 * break, and says of everything else why it proves neither. Which 4xx a backend refuses with is its
 * own matter here.
 */
export function judge(expect: Expectation, observed: Observation): Verdict {
  const { answer, effects, canaries } = observed;
  const damage = judgeEffects(expect, effects);
  if (damage) return damage;
  if ("silence" in answer) return unclear(answer.silence);
  if (typeof expect === "function") return expect(answer);

  const { status, body } = answer;
  const shows = (texts: readonly string[]) => texts.some((text) => body.includes(text));
  const isForeign = expect === "foreign form" || expect === "foreign script";
  if (!isForeign && shows(canaries.victim)) return fail("showed the other user's data");
  if (expect === "refused" && shows(canaries.attacker)) return fail("let in, and showed data");
  if (status === 429) return unclear("rate-limited (429), also after waiting");
  if (status >= 500 && status !== 501 && status !== 505) {
    return unclear(`answered ${status}: nothing got through, but by an error and not by a check`);
  }
  if (status >= 300 || isForeign) return pass;
  switch (expect) {
    case "refused":
      return observed.anonymousIsRefused
        ? fail(`let in: answered ${status} where a request without a credential is refused`)
        : unclear(`answered ${status}, as it does without a credential, and showed nothing`);
    case "strict":
      return unclear(
        `let in (${status}) with the caller's own identity; a strict reader refuses it`,
      );
    case "inert":
      return pass;
    case "apart":
      if (shows(canaries.attacker) || effects.writtenTo === "attacker") return pass;
      if (observed.method === "HEAD") return judgeLength(answer, observed.listBytes);
      if (observed.method === "OPTIONS") return pass;
      return unclear(`answered ${status} with nothing of either user's: look at what it is`);
  }
}

function judgeEffects(expect: Expectation, effects: Effects): Verdict | undefined {
  if (expect === "foreign script" && (effects.victimChanged || effects.writtenTo)) {
    return unclear(
      "carried out; a browser asks in a preflight first, and the cases on that decide",
    );
  }
  if (effects.victimChanged) return fail("changed or deleted the other user's data");
  if (effects.writtenTo === "victim") return fail("wrote into the other user's data");
  if (expect === "refused" && effects.writtenTo) return fail("let in, and wrote");
  const isHarmful = expect === "inert" || expect === "refused";
  if (isHarmful && effects.attackerChanged) return fail("changed data that it must not change");
  return undefined;
}

function judgeLength({ headers }: HttpAnswer, lists: Observation["listBytes"]): Verdict {
  const length = headers.get("content-length");
  if (length !== null && length === lists.victim && length !== lists.attacker) {
    return fail("answered HEAD with the length of the other user's list");
  }
  if (length !== null && length === lists.attacker) return pass;
  return unclear("answered HEAD with 2xx and nothing that tells whose data it is about");
}
