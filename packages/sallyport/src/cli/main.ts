#!/usr/bin/env node
import { UsageError } from "./usage-error.ts";

interface Command {
  summary: string;
  /** Resolves to the exit code. Throws a `UsageError` on arguments that cannot work. */
  load(): Promise<(args: string[]) => Promise<number>>;
}

/** Loaded by need: who asks for one does not wait for the others. */
const commands: Record<string, Command> = {
  doctor: {
    summary: "says what is wrong with a set-up, and how to mend it",
    load: async () => (await import("./doctor/command.ts")).runDoctor,
  },
  audit: {
    summary: "tries in hundreds of ways to get at another user's data",
    load: async () => (await import("./audit/command.ts")).runAudit,
  },
  gateway: {
    summary: "forward-auth or a reverse proxy for backends in any language",
    load: async () => (await import("./gateway/server.ts")).runGateway,
  },
};

const help = `Usage: sallyport <command> [options]

${Object.entries(commands)
  .map(([name, { summary }]) => `  ${name.padEnd(10)}${summary}`)
  .join("\n")}

sallyport <command> --help says more.
`;

const [name = "", ...args] = process.argv.slice(2);
try {
  process.exitCode = await runCommand();
} catch (error) {
  const message = error instanceof Error ? error.message : String(error);
  process.stderr.write(`${["sallyport", name].join(" ").trim()}: ${message}\n`);
  process.exitCode = error instanceof UsageError ? 2 : 1;
}

async function runCommand(): Promise<number> {
  if (name === "--help" || name === "-h") {
    process.stdout.write(help);
    return 0;
  }
  const command = Object.hasOwn(commands, name) ? commands[name] : undefined;
  if (command === undefined) {
    throw new UsageError(`there is no such command; there is: ${Object.keys(commands).join(", ")}`);
  }
  return (await command.load())(args);
}
