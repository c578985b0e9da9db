import { runTests } from "./run-tests.ts";

const files = [
  "cookies-in-the-wild.test.ts",
  "fuzz-answers.test.ts",
  "fuzz-freshness.test.ts",
  "fuzz-requests.test.ts",
  "fuzz-tokens.test.ts",
  "testing/fake-better-auth.test.ts",
].map((file) => `packages/sallyport/src/${file}`);

// Each run searches elsewhere; the seed, which the titles name, repeats it.
const { FUZZ_CASES = "100000", FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env;
process.exit(await runTests(files, { ...process.env, FUZZ_CASES, FUZZ_SEED }));
