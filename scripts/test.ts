import { globSync } from "node:fs";
import { buildLibrary, buildNextFixture, buildWeb } from "./build.ts";
import { provideChromium } from "./chromium.ts";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";
import { runTests } from "./run-tests.ts";
import { startTestPostgres, type TestPostgres } from "./test-postgres.ts";

const everything = "{packages,apps,e2e,scripts}/**/*.test.ts";
const testTimeoutMs = 120_000;

let exitCode = 1;
let postgres: TestPostgres | undefined;
try {
  const files = testFiles(process.argv.slice(2));
  await buildLibrary();
  if (files.some((file) => /^(e2e|scripts|apps\/web)\//.test(file))) {
    await buildWeb();
  }
  if (files.some((file) => file.startsWith("packages/sallyport/"))) {
    await buildNextFixture();
  }
  const env = { ...process.env };
  if (files.some((file) => file.startsWith("e2e/"))) {
    env.CHROME = provideChromium();
  }
  postgres = await startTestPostgres();
  env.TEST_DATABASE_URL = postgres.url;
  exitCode = await runTests(files, env, [`--test-timeout=${testTimeoutMs}`]);
} catch (error) {
  console.error(error instanceof LaunchError ? error.message : error);
} finally {
  await postgres?.stop();
}
process.exit(exitCode);

function testFiles(patterns: string[]): string[] {
  const exclude = ["**/node_modules/**", "**/.next/**", "**/dist/**"];
  const files = globSync(patterns.length > 0 ? patterns : everything, { cwd: rootFolder, exclude });
  if (files.length === 0) {
    throw new LaunchError(`No test file matches ${patterns.join(" ") || everything}.`);
  }
  return files.sort();
}
