import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import * as z from "zod";
import { secret } from "./auth-server.ts";
import { exchange, type Sent } from "./exchange.ts";

const repository = fileURLToPath(new URL("../../..", import.meta.url));
const listening = z.object({
  msg: z.literal("listening"),
  address: z.object({ port: z.number() }),
});

/** `node apps/web/server.ts`, in production, on a free port. */
export function spawnWeb(env: Record<string, string | undefined>) {
  const child = spawn(
    process.execPath,
    ["--disable-warning=ExperimentalWarning", "apps/web/server.ts"],
    {
      cwd: repository,
      env: {
        NODE_ENV: "production",
        WEB_PORT: "0",
        BETTER_AUTH_URL: "http://localhost:3000",
        BETTER_AUTH_SECRET: secret,
        ...env,
      },
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    },
  );
  const { stdout, stderr } = child;
  if (stdout === null || stderr === null) throw new Error("A child process without its pipes");
  let errors = "";
  stderr.setEncoding("utf8").on("data", (chunk: string) => {
    errors += chunk;
  });
  // Not "close", which does not come once the IPC channel was disconnected from this side.
  const exited = Promise.all([once(child, "exit"), once(stderr, "end")]).then(([exit]) => ({
    code: Number(exit[0]),
    errors,
  }));
  return { child, stdout: stdout.setEncoding("utf8"), exited };
}

export async function startWeb(env: Record<string, string | undefined>) {
  const { child, stdout, exited } = spawnWeb(env);
  let output = "";
  const port = await new Promise<number>((resolve, reject) => {
    stdout.on("data", (chunk: string) => {
      output += chunk;
      for (const line of output.split("\n")) {
        const read = line.startsWith("{") && line.endsWith("}") ? JSON.parse(line) : undefined;
        const message = listening.safeParse(read);
        if (message.success) resolve(message.data.address.port);
      }
    });
    void exited.then(({ errors }) => reject(new Error(`The web app did not start: ${errors}`)));
  });
  return {
    child,
    exited,
    port,
    send: (sent: Sent) => exchange(port, sent),
    /** A GET that follows up to five redirects, and tells of each. */
    async visit(path: string, cookie?: string) {
      const redirects: string[] = [];
      let bodies = "";
      for (let next = path; ; ) {
        const answer = await exchange(port, { path: next, headers: cookie ? { cookie } : {} });
        bodies += answer.text;
        const { location } = answer.headers;
        if (location === undefined || redirects.length === 5) {
          return { path: next, redirects, bodies, ...answer };
        }
        redirects.push(`${answer.status} ${location}`);
        next = location;
      }
    },
    async stop() {
      child.kill("SIGTERM");
      return exited;
    },
  };
}

export type Web = Awaited<ReturnType<typeof startWeb>>;
