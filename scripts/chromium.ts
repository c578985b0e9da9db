import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import { installFromDebian } from "./debian-package.ts";
import { LaunchError } from "./launch-error.ts";
import { rootFolder } from "./root-folder.ts";

const systemNames = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const downloadDeadlineMs = 180_000;

/** The path of a Chromium that runs on this machine; installs one if there is none. */
export function provideChromium(): string {
  const chosen = process.env.CHROME;
  if (chosen) {
    if (!runs(chosen)) {
      throw new LaunchError(`CHROME is set to ${chosen}, which does not run: correct or unset it.`);
    }
    return chosen;
  }
  const path = onSystem() ?? downloaded() ?? (download() ? downloaded() : undefined);
  if (path) {
    return path;
  }
  if (installFromDebian("chromium")) {
    const installed = onSystem();
    if (installed) {
      return installed;
    }
  }
  throw new LaunchError(
    "Cannot find or install a Chromium for the browser tests: install chromium or google-chrome, or set CHROME to the path of one.",
  );
}

function onSystem(): string | undefined {
  const folders = (process.env.PATH ?? "").split(delimiter);
  return folders
    .flatMap((folder) => systemNames.map((name) => join(folder, name)))
    .find((path) => existsSync(path) && runs(path));
}

function downloaded(): string | undefined {
  const path = chromium.executablePath();
  return existsSync(path) && runs(path) ? path : undefined;
}

function download(): boolean {
  console.error("Downloading Chromium for the browser tests …");
  const cli = join(rootFolder, "node_modules/playwright-core/cli.js");
  return succeeds(process.execPath, [cli, "install", "chromium"], downloadDeadlineMs);
}

/** A file may be there and yet not run, for want of a library. */
function runs(path: string): boolean {
  return succeeds(path, ["--version"], 20_000);
}

function succeeds(command: string, args: string[], timeout: number): boolean {
  try {
    execFileSync(command, args, { timeout, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}
