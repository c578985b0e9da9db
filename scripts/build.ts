import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout } from "node:timers/promises";
import { tryFileLock } from "@sallyport/storage/file-lock";
import { fingerprint } from "./fingerprint.ts";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

interface Build {
  name: string;
  announcement: string;
  command: [string, ...string[]];
  sources: string[];
  /** What proves that the output is whole and the one that was built. */
  output: string;
  /** Removed first, so that nothing of a renamed or deleted source stays. */
  clean?: string;
}

const library: Build = {
  name: "library",
  announcement: "Building the library …",
  command: [
    process.execPath,
    "node_modules/typescript/bin/tsc",
    "-p",
    "packages/sallyport/tsconfig.build.json",
  ],
  sources: [
    "packages/sallyport/src",
    "packages/sallyport/package.json",
    "packages/sallyport/tsconfig.build.json",
    "tsconfig.base.json",
    "package-lock.json",
  ],
  output: "packages/sallyport/dist",
  clean: "packages/sallyport/dist",
};

const web: Build = {
  name: "web",
  announcement: "Building the web app, about a minute the first time …",
  command: [process.execPath, "node_modules/next/dist/bin/next", "build", "apps/web"],
  sources: [...library.sources, "apps/web", "packages/server", "packages/storage"],
  output: "apps/web/.next/BUILD_ID",
};

const nextFixture = "packages/sallyport/test/backends/next-app";

const nextFixtureBuild: Build = {
  name: "next-fixture",
  announcement: "Building the Next.js fixture …",
  command: [process.execPath, "node_modules/next/dist/bin/next", "build", nextFixture],
  sources: [...library.sources, nextFixture],
  output: `${nextFixture}/.next/BUILD_ID`,
};

export function buildLibrary(signal?: AbortSignal): Promise<void> {
  return buildIfChanged(library, signal);
}

/** Builds the web app; needs the library. */
export function buildWeb(signal?: AbortSignal): Promise<void> {
  return buildIfChanged(web, signal);
}

/** Builds the app in which the library's Next.js adapter is tested; needs the library. */
export function buildNextFixture(): Promise<void> {
  return buildIfChanged(nextFixtureBuild, undefined);
}

async function buildIfChanged(build: Build, signal: AbortSignal | undefined): Promise<void> {
  const cacheFolder = join(rootFolder, "node_modules/.cache/sallyport");
  mkdirSync(cacheFolder, { recursive: true });
  const lockPath = join(cacheFolder, `${build.name}.lock`);
  let lock = tryFileLock(lockPath);
  while (!lock) {
    await setTimeout(100, undefined, { signal });
    lock = tryFileLock(lockPath);
  }
  try {
    const recordPath = join(cacheFolder, `${build.name}.fingerprint`);
    const sources = fingerprint(rootFolder, build.sources);
    if (readIfExists(recordPath) === describe(sources, build)) {
      return;
    }
    // Without the record an interrupted build is built again.
    rmSync(recordPath, { force: true });
    if (build.clean) {
      rmSync(join(rootFolder, build.clean), { recursive: true, force: true });
    }
    console.error(build.announcement);
    await run(build, signal);
    writeFileSync(recordPath, describe(sources, build));
  } finally {
    lock.release();
  }
}

function describe(sources: string | undefined, build: Build): string {
  return `${sources} ${fingerprint(rootFolder, [build.output])}\n`;
}

function readIfExists(path: string): string | undefined {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

async function run(build: Build, signal: AbortSignal | undefined): Promise<void> {
  const [command, ...args] = build.command;
  const child = spawn(command, args, {
    cwd: rootFolder,
    env: buildEnvironment(),
    stdio: ["ignore", "pipe", "pipe"],
    ...(signal && { signal }),
  });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code]: unknown[] = await once(child, "close");
  if (code !== 0) {
    throw new LaunchError(`${output.trim()}\nCannot build the ${build.name}: see above.`);
  }
}

/** Chosen by name, so that no secret can end in a build. */
function buildEnvironment(): NodeJS.ProcessEnv {
  const names = ["PATH", "HOME", "TMPDIR", "TEMP", "SystemRoot", "CI", "NODE_EXTRA_CA_CERTS"];
  return {
    ...Object.fromEntries(names.map((name) => [name, process.env[name]])),
    NODE_ENV: "production",
    NEXT_TELEMETRY_DISABLED: "1",
  };
}
