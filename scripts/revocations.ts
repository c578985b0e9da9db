import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { revocationKinds } from "../e2e/scaled/account-life.ts";
import { breakages } from "../e2e/scaled/breakage.ts";
import { type RunOptions, type RunResult, runRevocations } from "../e2e/scaled/revocation-run.ts";
import { noAnswer } from "../e2e/session-checks.ts";
import { provideProgram } from "./debian-package.ts";
import { rootFolder } from "./root-folder.ts";

const { CHECKS = "110000", SEED = String(Date.now() % 2 ** 31) } = process.env;
const [all, seed] = [Number(CHECKS), Number(SEED)];

const parts: (Pick<RunOptions, "lookUps" | "breaks"> & { name: string; share: number })[] = [
  { name: "batches", lookUps: "batched", breaks: false, share: 0.2 },
  { name: "batches, breaking", lookUps: "batched", breaks: true, share: 0.3 },
  { name: "one by one", lookUps: "one by one", breaks: false, share: 0.2 },
  { name: "one by one, breaking", lookUps: "one by one", breaks: true, share: 0.3 },
];
const faultIsFoundWithin = 5_000;

const results: [name: string, result: RunResult][] = [];
for (const { name, share, lookUps, breaks } of parts) {
  const result = await runRevocations({ lookUps, breaks, checks: Math.ceil(all * share), seed });
  results.push([name, result]);
  tell(name, result);
}
const faulty = await runRevocations({
  lookUps: "stale",
  breaks: false,
  checks: faultIsFoundWithin,
  seed,
});
tell("with a cache put in", faulty);

const wrong = results.flatMap(([, { wrongAnswers }]) => wrongAnswers);
const stale = faulty.wrongAnswers.filter((answer) => answer === "200: ended, then ended");
writeFileSync(join(rootFolder, "docs/revocation.md"), page());
console.log("docs/revocation.md");
process.exit(wrong.length === 0 && stale.length > 0 ? 0 : 1);

function tell(name: string, { counts, wrongAnswers, unacknowledged, tookMs }: RunResult): void {
  console.log(
    `${name}: ${Math.round(tookMs / 1_000)} s`,
    counts,
    Object.fromEntries(unacknowledged),
  );
  for (const answer of wrongAnswers.slice(0, 20)) console.error(answer);
}

function page(): string {
  const statuses = [200, 401, 503, noAnswer];
  const otherStatuses = ({ answers }: RunResult) =>
    sum([...answers].filter(([status]) => !statuses.includes(status)).map(([, count]) => count));
  return `# Revocation has no lag

A session is revoked, and that is acknowledged. Is there a request that starts later, to any instance, and is let in?

This page is written by \`npm run revocations\`; do not edit it. It ran with Node ${process.versions.node.split(".")[0]}, better-auth ${version("better-auth")}, PostgreSQL 18, ${caddyVersion()}, and seed ${seed}.

## How

Two api and two web instances, one PostgreSQL and one Redis run behind Caddy with the [configuration of deployments](../deploy/Caddyfile). Users sign up, sign in on several devices from addresses of their own, and these sessions are ended one way after the other, chosen at random. Meanwhile 48 clients ask the api for tasks with these sessions, each again as soon as it is answered, and most often with those that were revoked last or are about to be. All of them are in one process, so the order of what they do is known. Answers from Better Auth to the api take 20 ms longer than they need, which gives a revocation time to overtake one.

Each answer is judged by what its session was when the request started and when the answer came:

- revoked, and acknowledged, before the request started: **401**;
- live until the answer came: **200**;
- revoked in between: either.

503 is right too where something is down, or too slow on a busy machine, and so is a connection that ends without an answer: that lets nobody in and signs nobody out. It counts as no check. Whatever is asked for and not acknowledged, nobody knows about, so its sessions are asked for no more.

"Batches" is the guard as it comes. For "one by one" the api asks at the public address, where the endpoint for batches is not to be found, so that each session is looked up by a \`get-session\` of its own. "Breaking" kills an instance (SIGKILL), Redis or PostgreSQL (an immediate stop, which recovers as after a crash), or stops PostgreSQL, and starts it again within two seconds, one after the other and again and again. Users are deleted by SQL, as an operator would.

## The count

| | ${results.map(([name]) => name).join(" | ")} | in all |
|---|${"---|".repeat(results.length + 1)}
${[
  row("checks", ({ counts }) => counts.checks),
  row("… of revoked sessions", ({ counts }) => counts.afterRevocation),
  row("… of live sessions", ({ counts }) => counts.ofLiveSessions),
  ...statuses.map((status) =>
    row(
      status === noAnswer ? "no answer" : `answers ${status}`,
      ({ answers }) => answers.get(status) ?? 0,
    ),
  ),
  row("other answers", otherStatuses),
  row("sessions revoked", ({ counts }) => counts.revocations),
  ...revocationKinds.map((kind) => row(`… by ${kind}`, ({ revoked }) => revoked.get(kind) ?? 0)),
  ...breakages.map((kind) => row(kind, ({ broken }) => broken.get(kind) ?? 0)),
  row("asked for, not acknowledged", ({ unacknowledged }) => sum([...unacknowledged.values()])),
  row("**violations**", ({ wrongAnswers }) => wrongAnswers.length),
].join("\n")}

A session that ended with others, as by "revoke-other-sessions", is counted once for itself.

## Would it be found?

A cache of 50 ms between the api and Better Auth, put in on purpose and nothing broken: of ${number(faulty.counts.checks)} checks, ${number(faulty.counts.afterRevocation)} of them of revoked sessions, **${number(stale.length)} let in** who was revoked before they started.
`;
}

function row(title: string, count: (result: RunResult) => number): string {
  const counts = results.map(([, result]) => count(result));
  return `| ${title} | ${[...counts, sum(counts)].map(number).join(" | ")} |`;
}

function sum(counts: number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

function number(count: number): string {
  return count.toLocaleString("en");
}

function version(name: string): string {
  const manifest = readFileSync(join(rootFolder, "node_modules", name, "package.json"), "utf8");
  return JSON.parse(manifest).version;
}

function caddyVersion(): string {
  const text = execFileSync(provideProgram("caddy"), ["version"], { encoding: "utf8" });
  return `Caddy ${text.trim().split(" ")[0]}`;
}
