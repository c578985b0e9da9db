import { UsageError } from "../usage-error.ts";
import { diagnose } from "./diagnose.ts";
import { doctorHelp, readDoctorOptions } from "./options.ts";
import { reportAsJson } from "./report-json.ts";
import { reportAsText } from "./report-text.ts";

/** Resolves to the exit code: 0 for a healthy set-up, 1 for findings. */
export async function runDoctor(args: string[]): Promise<number> {
  const { env, stdin, stdout } = process;
  const options = readDoctorOptions(args, env);
  if (options === undefined) {
    stdout.write(doctorHelp);
    return 0;
  }
  const { email, asJson, ...rest } = options;
  const credentials =
    email === undefined ? undefined : { email, password: await readPassword(stdin) };
  const config = { ...rest, credentials };

  const stop = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"]) process.once(signal, () => stop.abort());
  const diagnosis = await diagnose(config, stop.signal);

  stdout.write(
    asJson
      ? reportAsJson(config, diagnosis)
      : reportAsText(config, diagnosis, stdout.isTTY && stdout.hasColors(env)),
  );
  return diagnosis.findings.length > 0 || stop.signal.aborted ? 1 : 0;
}

/** One line, piped in: what is typed would be seen. */
async function readPassword(stdin: NodeJS.ReadStream): Promise<string> {
  if (stdin.isTTY) throw new UsageError("--password-stdin wants the password piped in");
  let text = "";
  for await (const chunk of stdin.setEncoding("utf8")) {
    text += chunk;
    if (text.includes("\n") || text.length > 1_000) break;
  }
  const password = text.split(/\r?\n/, 1)[0] ?? "";
  if (password === "") throw new UsageError("--password-stdin wants a password, found nothing");
  return password;
}
