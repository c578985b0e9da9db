// The one file that runs before anything is installed: plain JavaScript, no dependencies, any Node
// from 20.9. It installs what is missing and runs scripts/<name>.ts on a Node that understands it.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";

const root = join(dirname(fileURLToPath(import.meta.url)), "..");
const bundledNode = join(root, `node_modules/node-linux-${process.arch}/bin/node`);

const [name, ...args] = process.argv.slice(2);
const script = join(root, "scripts", `${name}.ts`);
if (!existsSync(script)) {
  fail(`Cannot run "${name}": there is no scripts/${name}.ts.`);
}
if (!isAtLeast(22, 19) && !(isAtLeast(20, 9) && hasBundledNode())) {
  fail(
    `Node ${process.versions.node} is too old: this needs 22.19 or newer (20.9 on Linux x64 and arm64); get it from https://nodejs.org and try again.`,
  );
}
if (process.env.npm_lifecycle_event) {
  stopWithNpm();
}
if (!isInstalled()) {
  install();
}
if (isAtLeast(22, 19)) {
  process.argv.splice(1, 2, script);
  await import(pathToFileURL(script).href);
} else {
  runOnBundledNode();
}

/**
 * @param {number} major
 * @param {number} minor
 */
function isAtLeast(major, minor) {
  const [ownMajor = 0, ownMinor = 0] = process.versions.node.split(".").map(Number);
  return ownMajor > major || (ownMajor === major && ownMinor >= minor);
}

function hasBundledNode() {
  return process.platform === "linux" && ["x64", "arm64"].includes(process.arch);
}

function isInstalled() {
  // npm writes this file last, so an interrupted install does not count.
  const installed = join(root, "node_modules/.package-lock.json");
  return (
    existsSync(installed) &&
    statSync(installed).mtimeMs >= statSync(join(root, "package-lock.json")).mtimeMs
  );
}

function install() {
  console.error("Installing dependencies (npm ci), usually under a minute …");
  // Under `npm start` npm says where it lies; called as `node scripts/bootstrap.mjs` it is on PATH.
  const npm = process.env.npm_execpath?.match(/.*npm-cli\.js$/)?.[0];
  const [command, before] = npm ? [process.execPath, [npm]] : ["npm", []];
  const { status, error } = spawnSync(command, [...before, "ci", "--loglevel=error"], {
    cwd: root,
    stdio: ["ignore", process.stderr, process.stderr],
    shell: !npm && process.platform === "win32",
  });
  if (status !== 0) {
    fail(`Cannot install dependencies: npm ci ${error ? error.message : "failed, see above"}.`);
  }
}

// npm hands a signal to the shell that it runs scripts in, and that shell may die without passing it on.
function stopWithNpm() {
  const shell = process.ppid;
  const watch = setInterval(() => {
    if (process.ppid !== shell) {
      clearInterval(watch);
      process.kill(process.pid, "SIGTERM");
    }
  }, 200);
  watch.unref();
}

function runOnBundledNode() {
  // The channel tells the script when this process is gone, however it went.
  const child = spawn(bundledNode, [script, ...args], {
    stdio: ["inherit", "inherit", "inherit", "ipc"],
  });
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) {
    process.on(signal, () => child.kill(signal));
  }
  child.on("error", (error) => fail(`Cannot run ${bundledNode}: ${error.message}.`));
  child.on("exit", (code, signal) => {
    if (signal) {
      process.removeAllListeners(signal);
      process.kill(process.pid, signal);
    } else {
      process.exit(code ?? 1);
    }
  });
}

/**
 * @param {string} line
 * @returns {never}
 */
function fail(line) {
  console.error(line);
  process.exit(1);
}
