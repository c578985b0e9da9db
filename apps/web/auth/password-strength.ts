import { type Score, ZxcvbnFactory } from "@zxcvbn-ts/core";
import { adjacencyGraphs, dictionary } from "@zxcvbn-ts/language-common";
import { translations } from "@zxcvbn-ts/language-en";

const judge = new ZxcvbnFactory({ dictionary, graphs: adjacencyGraphs, translations });

const words: Record<Score, string> = {
  0: "Very easy to guess.",
  1: "Easy to guess.",
  2: "Could be harder to guess.",
  3: "Hard to guess.",
  4: "Very hard to guess.",
};

/** How hard a password is to guess, in words, and what would make it harder. */
export function passwordStrength(password: string, ownWords: string[]): string {
  const { score, feedback } = judge.check(password, ownWords);
  if (score >= 3) return words[score];
  const [advice = ""] = feedback.suggestions;
  return `${words[score]} ${feedback.warning ?? advice}`.trim();
}
