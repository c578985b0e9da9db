import { spawn } from "node:child_process";
import { once } from "node:events";
import { rootFolder } from "./root-folder.ts";

/** Runs test files, with Node's own runner, and says how it ended. */
export async function runTests(
  files: string[],
  env: NodeJS.ProcessEnv,
  options: string[] = [],
): Promise<number> {
  const runner = [
    "--test",
    "--test-reporter=spec",
    "--test-concurrency=2",
    "--disable-warning=ExperimentalWarning",
  ];
  const tests = spawn(process.execPath, [...runner, ...options, ...files], {
    cwd: rootFolder,
    env,
    stdio: ["ignore", "inherit", "inherit"],
  });
  for (const event of ["SIGINT", "SIGTERM", "SIGHUP", "disconnect"]) {
    process.on(event, () => tests.kill("SIGTERM"));
  }
  const [code]: unknown[] = await once(tests, "exit");
  return typeof code === "number" ? code : 1;
}
