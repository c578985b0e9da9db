import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  compareOutages,
  type Outcome,
  patienceMs,
  peers,
  type Row,
} from "../packages/sallyport/test/outage-comparison.ts";
import { rootFolder } from "./root-folder.ts";

/** Below this a time says more about the machine than about the peer. */
const notableMs = 2_000;
const patience = `${patienceMs / 1_000} s`;

const kinds: [kind: string, counts: (outcome: Outcome) => boolean][] = [
  ["503, try again", (outcome) => isStatus(outcome, 503)],
  ["401, signed out", (outcome) => isStatus(outcome, 401)],
  ["500", (outcome) => isStatus(outcome, 500)],
  [`no answer within ${patience}`, ({ kind }) => kind === "hangs"],
  ["200, rightly", ({ kind }) => kind === "let in rightly"],
  ["**200, wrongly**", ({ kind }) => kind === "let in wrongly"],
  ["does not apply", ({ kind }) => kind === "not met"],
];

const [control, ...rows] = await compareOutages();
if (!control?.outcomes.every(({ kind }) => kind === "let in rightly")) {
  throw new Error("without a fault every peer has to let the user in, or the faults prove nothing");
}
writeFileSync(join(rootFolder, "docs/outages.md"), page(rows));
console.log(`docs/outages.md: ${rows.length} faults, ${peers.length} peers`);

function page(rows: Row[]): string {
  return `# When the authority is in trouble

A user is signed in. The backend asks Better Auth about it, and Better Auth is down, overloaded, restarting or behind a broken proxy. What does the user get?

**503** is the only answer that is true: nobody can say right now, try again. **401** signs people out who did nothing wrong. **500** says that the backend has a bug. No answer at all holds on to a connection at both ends. **200** is right only if Better Auth really said yes.

This page is written by \`npm run outages\`; do not edit it. It ran with Node ${process.versions.node.split(".")[0]}, ${version("better-auth")}, ${version("hono")}, and ${version("undici")} under sallyport.

## How

One [fake Better Auth](../packages/sallyport/README.md#test-your-own-backend), a real HTTP server, fails in ${rows.length} ways. Each of the following backends gets one request with a credential that is valid, over real sockets, and the client waits ${patience}. Without a fault all of them answer 200.

- **sallyport**: the session cookie, looked up for each request, as this library does it, with its defaults (a deadline of one second).
- **fetch get-session**: what people write by hand: forward the cookie, and no session means 401. Many put a \`try\` around it that gives null; then each 500 in this column is a 401.
- **hono/jwk**: verifies tokens of Better Auth's \`jwt\` plugin with the keys at \`/jwks\`. It fetches the keys for each request. It is made for any issuer of tokens; its documentation names no answer for keys that cannot be had.
- **better-auth/oauth2**: Better Auth's own \`verifyAccessTokenRequest\`, in the handler that its documentation shows: what is no error of the token's is thrown on, and a framework makes a 500 of it. It waits five seconds for the keys.

Read the columns with care. The two that verify tokens are for another job: they need Better Auth only for its keys, and in return a token that was revoked passes until it expires. \`better-auth/oauth2\` keeps the keys for five minutes, so a short outage may pass unseen. Here each fault meets a new instance at a new address, so that it meets the fetch of the keys. Four faults are in what a session's answer says and cannot be met by them (–). Which status an outage gets is the choice of whoever writes the backend: each of these can be wrapped into giving 503. This is what they do as they come.

## The count

| of ${rows.length} faults | ${peers.map(({ name }) => name).join(" | ")} |
|---|${"---|".repeat(peers.length)}
${kinds.map(([kind, counts]) => `| ${kind} | ${peers.map((_, index) => count(rows, index, counts)).join(" | ")} |`).join("\n")}

## Fault by fault

Times are given from two seconds up. What each fault is stands in [faults.ts](../packages/sallyport/src/testing/faults.ts). Of those whose names do not tell: the redirects lead to where the true answer is; \`rate-limited\` is a 429 with \`X-Retry-After\`; \`early-hints-only\` is a 103 and then silence; \`wrong-types\`, \`another-token\`, \`another-user\` and \`expired-session\` are sessions whose user id is a number, that belong to another token or another user, or whose time has passed.

*200, rightly* means that the answer was true, if elsewhere or ten megabytes longer than it should be. sallyport follows no redirect, because a credential goes nowhere but where it was told to, and reads no more than one megabyte.

| fault | ${peers.map(({ name }) => name).join(" | ")} |
|---|${"---|".repeat(peers.length)}
${rows.map(({ fault, outcomes }) => `| \`${fault}\` | ${outcomes.map(describe).join(" | ")} |`).join("\n")}

## The backends, whole

${peers.map(({ name, file }) => `**${name}**\n\n\`\`\`ts\n${source(file)}\`\`\`\n`).join("\n")}`;
}

function isStatus(outcome: Outcome, status: number): boolean {
  return outcome.kind === "answered" && outcome.status === status;
}

function count(rows: Row[], peer: number, counts: (outcome: Outcome) => boolean): number {
  return rows.filter(({ outcomes }) => outcomes.slice(peer, peer + 1).some(counts)).length;
}

function describe(outcome: Outcome): string {
  switch (outcome.kind) {
    case "answered": {
      const { status, elapsedMs } = outcome;
      return elapsedMs < notableMs
        ? `${status}`
        : `${status} after ${Math.round(elapsedMs / 1_000)} s`;
    }
    case "hangs":
      return `hangs > ${patience}`;
    case "let in rightly":
      return "200, rightly";
    case "let in wrongly":
      return `**lets in ${outcome.as}**`;
    case "not met":
      return "–";
  }
}

function version(name: string): string {
  const manifest = readFileSync(join(rootFolder, "node_modules", name, "package.json"), "utf8");
  return `${name} ${JSON.parse(manifest).version}`;
}

/** As it is run, but for where this repository keeps the library. */
function source(file: string): string {
  return readFileSync(join(rootFolder, `packages/sallyport/test/peers/${file}.ts`), "utf8")
    .replace("../../src/hono.ts", "sallyport/hono")
    .replace("../../src/index.ts", "sallyport");
}
