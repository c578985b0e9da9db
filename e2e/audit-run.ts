import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { rootFolder } from "../scripts/root-folder.ts";

const report = z.object({
  verdict: z.string(),
  classes: z.array(
    z.object({
      id: z.string(),
      results: z.array(z.object({ name: z.string(), outcome: z.string(), reason: z.string() })),
    }),
  ),
  uncovered: z.array(z.string()),
  leftBehind: z.array(z.string()),
});

/** The command as it is installed, and what it says. Secrets are in `env`. */
export async function runAudit(args: string[], env: NodeJS.ProcessEnv = {}) {
  const main = `${rootFolder}/packages/sallyport/dist/cli/main.js`;
  const child = spawn(process.execPath, [main, "audit", "--json", ...args], {
    env: { PATH: process.env.PATH, ...env },
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exit = once(child, "exit");
  const { classes, ...rest } = report.parse(JSON.parse(await text(child.stdout)));
  const [code]: unknown[] = await exit;
  const results = classes.flatMap(({ id, results }) => results.map((one) => ({ id, ...one })));
  return { code, results, ...rest };
}
