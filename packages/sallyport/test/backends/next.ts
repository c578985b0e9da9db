import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import { z } from "zod";
import type { Route } from "../../src/testing.ts";
import type { StartBackend } from "./backend.ts";

const app = join(import.meta.dirname, "next-app");
const next = createRequire(import.meta.url).resolve("next/dist/bin/next");

/** `next start` in a process of its own, on what `next build` made of next-app. */
export const startNext: StartBackend = async ({
  authUrl,
  deadlineMs,
  serviceKey,
  withForgottenRoute,
}) => {
  const child = spawn(process.execPath, [next, "start", app, "-p", "0", "-H", "127.0.0.1"], {
    env: {
      NODE_ENV: "production",
      NEXT_TELEMETRY_DISABLED: "1",
      AUTH_URL: authUrl,
      DEADLINE_MS: String(deadlineMs),
      ...(serviceKey !== undefined && { SERVICE_KEY: serviceKey }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const exited = once(child, "exit");
  let output = "";
  const origin = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (chunk: string) => {
        output += chunk;
        const [, address] = /(http:\/\/127\.0\.0\.1:\d+).*Ready/s.exec(output) ?? [];
        if (address !== undefined) resolve(address);
      });
    }
    exited.then(() => reject(new Error(`Cannot start Next: it says\n${output}`)), reject);
  });
  return {
    origin,
    routes: (await routes()).filter(([, path]) => withForgottenRoute || !/forgotten/.test(path)),
    async close() {
      child.kill("SIGTERM");
      await exited;
    },
  };
};

/** The forgotten route is in every build: who does not ask for it is not told of it. */
async function routes(): Promise<Route[]> {
  const manifest = await readFile(join(app, ".next/app-path-routes-manifest.json"), "utf8");
  return Object.entries(z.record(z.string(), z.string()).parse(JSON.parse(manifest)))
    .filter(([file]) => file.endsWith("/route"))
    .map(([, path]): Route => ["GET", path.replace("[user_id]", "somebody")])
    .sort(([, a], [, b]) => b.localeCompare(a));
}
