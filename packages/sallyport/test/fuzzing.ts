// biome-ignore lint/style/noProcessEnv: how long to look, and where, is whoever runs the tests' choice.
const { FUZZ_CASES = "6000", FUZZ_SEED = "20260226" } = process.env;

/** The same seed gives the same cases, but for the tokens in them. It stands in the titles. */
export const fuzzSeed = Number(FUZZ_SEED);

/** Parameters for `fc.assert`: a property's share of `FUZZ_CASES`, `atOnce` of them in each run. */
export function fuzzed(share: number, atOnce = 1) {
  return { seed: fuzzSeed, numRuns: Math.ceil((Number(FUZZ_CASES) * share) / atOnce) };
}
