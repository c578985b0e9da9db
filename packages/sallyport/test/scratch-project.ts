import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { z } from "zod";

const packageFolder = join(import.meta.dirname, "..");
const rootFolder = join(packageFolder, "../..");
const cacheFolder = join(rootFolder, "node_modules/.cache/sallyport");
const tsc = join(rootFolder, "node_modules/typescript/bin/tsc");

/** The oldest Node that the library promises to run on, and the newest long-term one. */
export const nodeVersions = ["22.19.0", "24.21.0"];

export interface ScratchProject {
  folder: string;
  remove(): Promise<void>;
}

/**
 * A project of a stranger's, away from this repository, with the library installed from its
 * tarball, and `dependencies` in the versions that are installed here.
 */
export async function createScratchProject(dependencies: string[] = []): Promise<ScratchProject> {
  const folder = await mkdtemp(join(tmpdir(), "sallyport-scratch-"));
  const remove = () => rm(folder, { recursive: true, force: true });
  try {
    await writeFile(join(folder, "package.json"), '{ "private": true, "type": "module" }');
    const tarball = await run("npm", ["pack", "--loglevel=error", "--pack-destination", folder], {
      cwd: packageFolder,
    });
    await install(folder, [`./${tarball.trim()}`, ...(await Promise.all(dependencies.map(pin)))]);
    return { folder, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}

/** The path of a Node of this version, from the registry; a second run finds it in the cache. */
export async function provideNode(version: string): Promise<string> {
  const name = `node-${process.platform}-${process.arch}`;
  const home = join(cacheFolder, `node-${version}`);
  const node = join(home, "node_modules", name, "bin/node");
  if (existsSync(node)) return node;

  // Installed beside and moved: what is in its place is whole, also when two tests want it at once.
  await mkdir(cacheFolder, { recursive: true });
  const folder = await mkdtemp(`${home}-`);
  try {
    await writeFile(join(folder, "package.json"), '{ "private": true }');
    await install(folder, [`${name}@${version}`]);
    await rename(folder, home).catch((error: unknown) => {
      if (!existsSync(node)) throw error;
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return node;
}

/** What the compiler has to say about the project's own files and the library's declarations. */
export async function typeErrors({ folder }: ScratchProject): Promise<string[]> {
  const { output } = await execute(process.execPath, [tsc, "-p", folder], { cwd: folder });
  // Declarations of other packages are checked too, and some of them do not hold.
  return output.split("\n").filter((line) => /^(?!\s|node_modules\/(?!sallyport\/))./.test(line));
}

/** Runs to the end; throws unless it ends well. Standard output and error, as they came. */
export async function run(
  command: string,
  args: string[],
  options: { cwd: string; env?: NodeJS.ProcessEnv },
): Promise<string> {
  const { code, output } = await execute(command, args, options);
  if (code !== 0) throw new Error(`Cannot run ${command} ${args.join(" ")}: it says\n${output}`);
  return output;
}

async function install(folder: string, packages: string[]): Promise<void> {
  const options = ["--prefer-offline", "--no-audit", "--no-fund", "--ignore-scripts"];
  // Native parts, such as the compiler of Next, that nothing here runs.
  const quick = ["--omit=optional", "--loglevel=error"];
  await run("npm", ["install", ...options, ...quick, ...packages], { cwd: folder }).catch(
    (cause: unknown) => {
      throw new Error("Cannot install the tarball: npm needs its registry, or a filled cache", {
        cause,
      });
    },
  );
}

async function pin(name: string): Promise<string> {
  const manifest = await readFile(join(rootFolder, "node_modules", name, "package.json"), "utf8");
  return `${name}@${z.object({ version: z.string() }).parse(JSON.parse(manifest)).version}`;
}

async function execute(command: string, args: string[], options: Parameters<typeof run>[2]) {
  const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (chunk: string) => {
      output += chunk;
    });
  }
  const [code]: unknown[] = await once(child, "close");
  return { code, output };
}
