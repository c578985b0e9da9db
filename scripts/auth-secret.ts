import { randomBytes } from "node:crypto";
import { existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { variable } from "@sallyport/server";
import { LaunchError } from "./launch-error.ts";

const minimumLength = 32;

/** The configured secret; in development one that is made once and kept in the data folder. */
export function readAuthSecret(env: NodeJS.ProcessEnv, dataDir: string): string {
  const configured = env.BETTER_AUTH_SECRET;
  if (configured) {
    const { success } = variable.BETTER_AUTH_SECRET.safeParse(configured);
    if (!success) {
      throw new LaunchError(
        `BETTER_AUTH_SECRET must have at least ${minimumLength} random characters without white space around them, and not be an example's.`,
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
  const secret = existsSync(path) && statSync(path).isFile() ? readFileSync(path, "utf8") : "";
  if (!/^[\w-]{43}$/.test(secret)) {
    throw new LaunchError(
      `The development secret in ${path} is damaged: delete it and start again (everyone signs in anew).`,
    );
  }
  return secret;
}
