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
let failed = 0;
try {
  for (let run = 1; run <= Number(REPETITIONS); run++) {
    const exitCode = await runTests(files, env);
    if (exitCode !== 0) failed += 1;
    console.log(`Run ${run} of ${REPETITIONS}: ${failed} failed`);
  }
} finally {
  await postgres.stop();
}
process.exit(failed === 0 ? 0 : 1);
