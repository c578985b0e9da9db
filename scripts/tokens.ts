import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import {
  compareTokens,
  type Outcome,
  peers,
  type Row,
} from "../packages/sallyport/test/token-comparison.ts";
import { tokenVectors } from "../packages/sallyport/test/token-recipes.ts";
import { rootFolder } from "./root-folder.ts";

const packages = ["jose", "fast-jwt", "hono", "@fastify/jwt", "express-oauth2-jwt-bearer"];
const names = peers.map(({ name }) => name);

const rows = await compareTokens();
const sound = rows.filter(({ vector }) => vector.expected === "allowed");
const hostile = rows.filter(({ vector }) => vector.expected !== "allowed");
if (!rows[0]?.outcomes.every((outcome) => outcome === "let in")) {
  throw new Error("everybody has to let the plugin's own token in, or the others prove nothing");
}
if (hostile.some(isForgery)) throw new Error("the page says that nobody lets a forgery in");
writeFileSync(join(rootFolder, "docs/tokens.md"), page());
console.log(`docs/tokens.md: ${rows.length} vectors, ${peers.length} libraries`);

function page(): string {
  return `# What becomes of a strange token

Whoever verifies tokens with a library gets the checks that the library makes, and what it does not check is checked by nobody. [${tokenVectors.length} vectors](../packages/sallyport/test/token-vectors.json) hold Sallyport to its own rules; ${rows.length} of them were also given to five libraries that many backends use. (The others are about several secrets at once and about another user's path, which these libraries leave to their users.)

This page is written by \`npm run tokens\`; do not edit it. It ran with Node ${process.versions.node.split(".")[0]}, ${packages.map(version).join(", ")}.

## How to read it

**Nobody can be forged.** None of them takes a token whose signature is not made with the secret: where a group is about signatures and algorithms, all of them let in nothing. A strange token therefore comes from someone who has the secret: an issuer with a bug, another use of the same secret, or a second parser that reads the same bytes in another way. What a verifier does about those is a matter of how much it believes the issuer, and Sallyport believes it as little as it can.

**These libraries have another job.** They are for tokens of any issuer. RFC 7515 4 allows what is read of a member that is given twice to be the last one; RFC 7515 4.1 says that unknown header members are ignored, and a \`jku\` that is ignored does no harm. Where they bound a token's *age* (\`maxTokenAge\`, \`maxAge\`), a token for a day is let in today and refused after 15 minutes; Sallyport refuses it at once. That \`uid\` has to be \`sub\` is a rule of these tokens. Each was set up as strictly as its documented options allow, as shown below; what could be written around it by hand is not counted.

**in** means let in, 401 refused (some say 400 or 415), 500 an error of the server's, – that the library takes tokens, not requests.

## The count

Let in although it should not be:

| group | vectors | ${names.join(" | ")} |
|---|${"---|".repeat(peers.length + 1)}
${[...Map.groupBy(hostile, ({ vector }) => vector.group)].map(([group, ofGroup]) => `| ${group} | ${ofGroup.length} | ${counts(ofGroup, "let in")} |`).join("\n")}
| **all** | ${hostile.length} | ${counts(hostile, "let in")} |

Answered with 500, which tells whoever watches the service that it is broken:

| | vectors | ${names.join(" | ")} |
|---|${"---|".repeat(peers.length + 1)}
| all | ${hostile.length} | ${counts(hostile, "500")} |

Of ${sound.length} sound tokens and ways to send them, refused:

| | ${names.join(" | ")} |
|---|${"---|".repeat(peers.length)}
${table(sound, (outcome) => outcome === "let in")}

## What was let in

${[...Map.groupBy(hostile, ({ vector }) => vector.group)].map(section).join("")}## The set-ups, whole

${peers.map(({ name, file }) => `**${name}**\n\n\`\`\`ts\n${source(file)}\`\`\`\n`).join("\n")}`;
}

function isForgery({ vector, outcomes }: Row): boolean {
  return ["algorithm", "signature"].includes(vector.group) && outcomes.includes("let in");
}

function section([group, ofGroup]: [string, Row[]]): string {
  const differing = table(ofGroup, (outcome) => outcome !== "let in");
  return differing === ""
    ? ""
    : `### ${group}\n\n| vectors | ${names.join(" | ")} |\n|---|${"---|".repeat(peers.length)}\n${differing}\n\n`;
}

/** A line for all vectors that everybody judged alike, unless everybody was right. */
function table(some: Row[], isRight: (outcome: Outcome) => boolean): string {
  const wrong = some.filter(({ outcomes }) =>
    outcomes.some((outcome) => outcome !== "not met" && !isRight(outcome)),
  );
  return [...Map.groupBy(wrong, ({ outcomes }) => outcomes.map(cell).join(" | "))]
    .map(
      ([cells, alike]) =>
        `| ${alike.map(({ vector }) => escaped(vector.name)).join(" · ")} | ${cells} |`,
    )
    .join("\n");
}

function cell(outcome: Outcome): string {
  return { "let in": "**in**", refused: "401", "500": "500", "not met": "–" }[outcome];
}

function counts(some: Row[], wanted: Outcome): string {
  return peers
    .map((_, index) => some.filter(({ outcomes }) => outcomes[index] === wanted).length)
    .join(" | ");
}

function escaped(name: string): string {
  return name.replace(/[_*|]/g, "\\$&");
}

function version(name: string): string {
  const manifest = readFileSync(join(rootFolder, "node_modules", name, "package.json"), "utf8");
  return `${name} ${JSON.parse(manifest).version}`;
}

/** As it is run, but for where this repository keeps the library. */
function source(file: string): string {
  return readFileSync(join(rootFolder, `packages/sallyport/test/token-peers/${file}.ts`), "utf8")
    .replace("../../src/hono.ts", "sallyport/hono")
    .replace("../../src/jwt.ts", "sallyport/jwt")
    .replace("../../src/index.ts", "sallyport");
}
