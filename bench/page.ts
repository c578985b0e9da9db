import { milliseconds, percent, wholeNumber, withQuartiles } from "./format.ts";
import type { Results } from "./results.ts";
import { levels } from "./rows.ts";
import type { RowSummary } from "./summary.ts";
import { reaches, type Target } from "./targets.ts";

/** `docs/performance.md`. */
export function page(results: Results): string {
  const { takenOn, machine, thoroughness, targets, check, memory, rows } = results;
  const { maxForeignCpu, wantedRounds } = thoroughness.patience;
  const { atHalfOfCapacity: half, alone } = check;
  const versions = Object.entries(machine.versions).map(([name, version]) => `${name} ${version}`);
  return `# What a check costs

This page is written by \`npm run bench\`; do not edit it. Every figure, and every single round, is in [bench/results/latest.json](../bench/results/latest.json). Measured on ${takenOn}: ${machine.cores} cores (${machine.cpu}), ${versions.join(", ")}.

**Read the ratios.** Absolute figures are those of this machine, whose ${machine.cores} cores are shared by everything that is measured, the database and the load generator included.

![Requests per second at 50 connections, by what checks them](images/performance.svg)

## The targets

| figure | target (stretch) | measured | |
|---|---|---|---|
${targets.map(targetLine).join("\n")}

A ratio is the median of the ratios of the single rounds, the first over the second.

## The rows, at ${levels.join(", ")} connections

**The ceiling** is the route with no check: the same app and the same \`protect\`, whose guard is replaced by one that always answers with the same identity. It is asked with a cookie and with a token, and each row is compared with the one that had the same bytes to read. Medians, and quartiles in brackets. CPU is per request, in microseconds.

${levels.map((connections) => levelTable(connections, rows)).join("\n\n")}

- **fetch**, the naive recipe: forward the cookie with \`fetch\` to get-session with \`disableCookieCache=true\`, and compare the user's id with the path's. **undici**: the same with \`request\` on a pool of 64 kept connections.
- **one by one**: this library with \`batch: false\`, its deadline, its retry and its breaker included. **batched**: as it comes.
- **gateway**: \`sallyport gateway --upstream\` in front of the route with no middleware, as a backend in another language would have it; the CPU is the gateway's alone. What it adds is between this and **no middleware at all**.
- **in process**: \`auth.api.getSession\` by code in Better Auth's own process, as many at once as there would be connections; no api and no HTTP.
- **a bare call to a stub**: one \`request\` on a kept connection to a server that answers 500 bytes and does nothing else.
- **no middleware at all**: what \`protect\` itself costs is between this and the ceiling.

## The check itself

As the api's own clock has it (\`onDecision\`), on PostgreSQL, batched:

| | median of rounds (quartiles) |
|---|---|
| P95 at ${half.connections} connections and half of capacity (${wholeNumber(half.requestsPerSecond)} requests/s, at random moments) | ${withQuartiles(half.p95Ms, milliseconds)} ms |
| P50 there | ${withQuartiles(half.p50Ms, milliseconds)} ms |
| One connection | ${withQuartiles(alone.checkMs, milliseconds)} ms |
| A bare call to a stub in its place | ${withQuartiles(alone.bareCallMs, milliseconds)} ms |

## Memory

The api, batched, 50 connections, after a full collection each time:

| checks | heap, MB | resident, MB |
|---|---|---|
${memory.map(({ checks, heapUsedBytes, rssBytes }) => `| ${wholeNumber(checks)} | ${(heapUsedBytes / 1e6).toFixed(2)} | ${Math.round(rssBytes / 1e6)} |`).join("\n")}

## One HS256 token

Verified in one process, one after the other; no HTTP. Target: at most 1.5 times the fastest library.

| | µs per token | times the fastest library |
|---|---|---|
${results.tokenVerification.map(({ what, microseconds, timesFastestLibrary }) => `| ${what} | ${withQuartiles(microseconds, (value) => value.toFixed(1))} | ${timesFastestLibrary.toFixed(2)} |`).join("\n")}

## How it is measured

- **Processes of their own**: the load generator, an api for each row, a Better Auth on PostgreSQL and one on PGlite, PostgreSQL, the stub. All with \`NODE_ENV=production\`, over loopback, without TLS. Better Auth is the web app of this repository without Next's pages, with its rate limiter on and a pool of ten connections to PostgreSQL; every row, the naive one too, sends the service key that lifts it.
- **500 users and sessions**, written into the tables before; requests take them in turn, so that no two in flight ask for the same.
- **The same route**: \`GET /api/{user_id}/tasks\` in Hono with a static answer. hono/jwt, @fastify/jwt and express-oauth2-jwt-bearer are [small apps of their own](../packages/sallyport/test/token-peers), two of them in their own framework; they answer two bytes and do not compare the path's user with the token's, which favours them a little.
- **Rounds that take turns**: at each number of connections, all rows one after the other, then all backwards, until ${wantedRounds} rounds count. Each measurement begins with 100 ms that do not count, lasts 400 ms or 4 answers on each connection, whichever is longer, and ends when all requests are answered.
- **One request at a time on each connection.** Such a client slows down with the server: times behind a queue that grows are not in these figures, except in the row of half of capacity.
- **Foreign load**: a round during which other programs took more than ${percent(maxForeignCpu)} of a core does not count and is measured again. What they took is in the results, round by round.
- **CPU** is what the kernel accounts to a process (10 ms units, over all rounds together). That of the load generator is in the tables, too.

## What this does not say

- Two cores for all: the api, Better Auth, PostgreSQL and the load generator wait for each other. With a core for each, everything is faster, and the naive ways gain more, for they need several at once.
- No network between the parts. Each millisecond of it is added to every check, batched or not.
- Static answers. An api that does real work spends a smaller share on the check.
- The load generator is one Node process, and what an answer costs depends on whether it has to be woken for it: a server that answers many requests at one moment has the cheaper client. Batches and token mode answer together what came in together ([why](decisions/020-group-commit.md)); the ceiling and the other libraries answer one by one. That is how token mode can reach the route with no check at all. Why targets are missed is [here](decisions/020-group-commit.md#where-the-limit-is).
- Resident memory has no target: it rises slowly while the heap stands still, which pages that the allocator keeps would explain, and so would a leak outside the heap.
`;
}

function targetLine({ figure, unit, value, wanted, target, stretch, isReached }: Target): string {
  const show = (number: number) => (number < 1 ? number.toFixed(3) : number.toFixed(2));
  const shownUnit = unit === "times" ? "" : ` ${unit}`;
  const asked = `${wanted} ${show(target)}${shownUnit}${stretch === undefined ? "" : ` (${show(stretch)})`}`;
  const isStretchReached = stretch !== undefined && reaches({ value, wanted }, stretch);
  const verdict = isStretchReached ? "reached, stretch too" : isReached ? "reached" : "**missed**";
  return `| ${figure} | ${asked} | ${show(value)}${shownUnit} | ${verdict} |`;
}

function levelTable(connections: number, rows: readonly RowSummary[]): string {
  const lines = rows
    .filter((row) => row.connections === connections)
    .map(
      ({ row, requestsPerSecond, toCeiling, p50Ms, p95Ms, p99Ms, cpuMicrosecondsPerRequest }) => {
        const { api, auth, postgres, load } = cpuMicrosecondsPerRequest;
        const cpu = [api, auth, postgres, load].map((microseconds) => Math.round(microseconds));
        const cells = [
          row,
          withQuartiles(requestsPerSecond, wholeNumber),
          percent(toCeiling.median),
          milliseconds(p50Ms.median),
          withQuartiles(p95Ms, milliseconds),
          milliseconds(p99Ms.median),
          ...cpu,
        ];
        return `| ${cells.join(" | ")} |`;
      },
    );
  return `### ${connections} ${connections === 1 ? "connection" : "connections"}

| | requests/s | of the ceiling | P50 ms | P95 ms | P99 ms | api | auth | PostgreSQL | load |
|---|---|---|---|---|---|---|---|---|---|
${lines.join("\n")}`;
}
