import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import { rootFolder } from "./root-folder.ts";

/** Runs scripts/<name>.ts in a process of its own. */
export function runScript(name: string, variables: NodeJS.ProcessEnv) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", `scripts/${name}.ts`],
    { cwd: rootFolder, env: { ...process.env, ...variables }, stdio: ["ignore", "pipe", "pipe"] },
  );
  const ended = Promise.all([once(child, "close"), text(child.stdout), text(child.stderr)]).then(
    ([[code], output, errors]: [unknown[], string, string]) => ({ code, output, errors }),
  );
  return { child, ended };
}
