import { spawn } from "node:child_process";
import { once } from "node:events";
import { rootFolder } from "./root-folder.ts";

const files = [
  "cookies-in-the-wild.test.ts",
  "fuzz-answers.test.ts",
  "fuzz-requests.test.ts",
  "testing/fake-better-auth.test.ts",
];

// Each run searches elsewhere; the seed, which the titles name, repeats it.
const { FUZZ_CASES = "100000", FUZZ_SEED = String(Date.now() % 2 ** 31) } = process.env;
const tests = spawn(
  process.execPath,
  [
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=2",
    "--disable-warning=ExperimentalWarning",
    ...files.map((file) => `packages/sallyport/src/${file}`),
  ],
  {
    cwd: rootFolder,
    env: { ...process.env, FUZZ_CASES, FUZZ_SEED },
    stdio: ["ignore", "inherit", "inherit"],
  },
);
for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
  process.on(event, () => tests.kill("SIGTERM"));
}
const [code]: unknown[] = await once(tests, "exit");
process.exit(typeof code === "number" ? code : 1);
