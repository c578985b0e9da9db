import { randomBytes } from "node:crypto";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LaunchError } from "./launch-error.ts";

const minimumLength = 32;

/** The configured secret; in development one that is made once and kept in the data folder. */
export function readAuthSecret(env: NodeJS.ProcessEnv, dataDir: string): string {
  const configured = env.BETTER_AUTH_SECRET;
  if (configured) {
    if (configured.length < minimumLength) {
      throw new LaunchError(
        `BETTER_AUTH_SECRET must have at least ${minimumLength} characters, found ${configured.length}.`,
      );
    }
    return configured;
  }
  if (env.NODE_ENV === "production") {
    throw new LaunchError(
      `BETTER_AUTH_SECRET is not set, and in production it is never made up: set it to at least ${minimumLength} random characters, e.g. from: openssl rand -base64 32`,
    );
  }
  return developmentSecret(dataDir);
}

function developmentSecret(dataDir: string): string {
  const path = join(dataDir, "development-secret");
  try {
    writeFileSync(path, randomBytes(32).toString("base64url"), { flag: "wx", mode: 0o600 });
  } catch (cause) {
    if (!(cause instanceof Error && "code" in cause && cause.code === "EEXIST")) {
      throw new LaunchError(
        `Cannot write the development secret to ${path}: start once, or set BETTER_AUTH_SECRET.`,
        { cause },
      );
    }
  }
  const secret = readFileSync(path, "utf8");
  if (secret.length < minimumLength) {
    throw new LaunchError(
      `The development secret in ${path} is cut short: delete the file and start again (everyone signs in anew).`,
    );
  }
  return secret;
}
