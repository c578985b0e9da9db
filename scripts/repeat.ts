import { buildLibrary, buildWeb } from "./build.ts";
import { provideChromium } from "./chromium.ts";
import { runTests } from "./run-tests.ts";
import { startTestPostgres } from "./test-postgres.ts";

const { REPETITIONS = "20" } = process.env;
/** What people do in a browser. */
const files = [
  "dashboard",
  "dashboard-refusals",
  "long-list",
  "account-page",
  "sign-in-forms",
  "docs-page",
  "journey",
  "outage",
].map((name) => `e2e/${name}.test.ts`);

await buildLibrary();
await buildWeb();
const postgres = await startTestPostgres();
const env = { ...process.env, CHROME: provideChromium(), TEST_DATABASE_URL: postgres.url };
let exitCode = 0;
try {
  // Up to the first that fails, or that is stopped by a signal.
  for (let run = 1; run <= Number(REPETITIONS) && exitCode === 0; run++) {
    exitCode = await runTests(files, env);
    console.log(`Run ${run} of ${REPETITIONS}: ${exitCode === 0 ? "passed" : "failed"}`);
  }
} finally {
  await postgres.stop();
}
process.exit(exitCode);
