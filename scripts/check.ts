import { spawn } from "node:child_process";
import { once } from "node:events";
import { delimiter, dirname, join } from "node:path";
import { buildLibrary } from "./build.ts";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

interface Check {
  name: string;
  /** Run one after the other; the first that fails ends the check. */
  commands: string[];
}

const nextFixture = "packages/sallyport/test/backends/next-app";

const checks: Check[] = [
  {
    name: "format, lint and boundaries (biome)",
    commands: ["biome check --error-on-warnings ."],
  },
  { name: "types", commands: ["tsc -p tsconfig.json"] },
  {
    name: "types of the web app",
    commands: ["next typegen apps/web", "tsc -p apps/web/tsconfig.json --noEmit"],
  },
  {
    name: "types of the Next.js fixture",
    commands: [`next typegen ${nextFixture}`, `tsc -p ${nextFixture}/tsconfig.json --noEmit`],
  },
  {
    name: "unused files, exports and dependencies (knip)",
    commands: ["knip --treat-config-hints-as-errors"],
  },
  { name: "the library's package (publint)", commands: ["publint --strict packages/sallyport"] },
  {
    name: "the library's types (are the types wrong)",
    commands: ["attw --pack packages/sallyport --profile esm-only"],
  },
];

try {
  await buildLibrary();
  const failed = (await Promise.all(checks.map(run))).filter((passed) => !passed).length;
  console.log(
    failed === 0 ? "\nEverything is in order." : `\n${failed} of ${checks.length} failed.`,
  );
  process.exit(failed === 0 ? 0 : 1);
} catch (error) {
  console.error(error instanceof LaunchError ? error.message : error);
  process.exit(1);
}

async function run({ name, commands }: Check): Promise<boolean> {
  const startedAt = performance.now();
  let report = "";
  let passed = true;
  for (const command of commands) {
    const { code, output } = await execute(command);
    if (code !== 0) {
      passed = false;
      report = `\n$ ${command}\n${output.trim()}\n`;
      break;
    }
  }
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  console.log(`${passed ? "✔" : "✖"} ${name} (${seconds} s)${report}`);
  return passed;
}

async function execute(command: string): Promise<{ code: unknown; output: string }> {
  // The tools run on the Node that runs this, whatever the system's is.
  const folders = [dirname(process.execPath), join(rootFolder, "node_modules/.bin")];
  const child = spawn(command, {
    cwd: rootFolder,
    env: {
      ...process.env,
      PATH: [...folders, process.env.PATH].join(delimiter),
      NEXT_TELEMETRY_DISABLED: "1",
    },
    shell: true,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code]: unknown[] = await once(child, "close");
  return { code, output };
}
