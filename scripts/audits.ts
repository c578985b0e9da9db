import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { auditRecipes } from "../packages/sallyport/test/audited-recipes.ts";
import { rootFolder } from "./root-folder.ts";

// As they run for their users: Express shows its errors otherwise.
process.env.NODE_ENV = "production";

const page = join(rootFolder, "docs/audit.md");
const [begin, end] = ["<!-- npm run audits -->\n", "<!-- end -->"];

const audited = await auditRecipes();
const classes = audited.reduce<{ id: string; title: string }[]>(
  (longest, { report }) => (report.classes.length > longest.length ? report.classes : longest),
  [],
);
const [before = "", rest = ""] = readFileSync(page, "utf8").split(begin);
const [, after = ""] = rest.split(end);
writeFileSync(page, `${before}${begin}${findings()}${end}${after}`);
console.log(`docs/audit.md: ${audited.length} recipes`);

function findings(): string {
  const names = audited.map(({ recipe }) => `[${recipe.name}](${source(recipe.file)})`);
  return `
| | ${names.join(" | ")} |
|---|${"---|".repeat(names.length)}
| mode | ${audited.map(({ recipe }) => recipe.mode).join(" | ")} |
${classes.map(({ id }) => `| ${id} | ${audited.map((one) => cell(one, id)).join(" | ")} |`).join("\n")}
| **cases** | ${audited.map(({ report: { counts } }) => counts.pass + counts.fail + counts.unclear).join(" | ")} |

${audited.map(breaks).join("")}`;
}

type Audited = (typeof audited)[number];

function cell({ report }: Audited, id: string): string {
  const { results = [] } = report.classes.find((one) => one.id === id) ?? {};
  if (results.length === 0) return "–";
  const count = (outcome: string) => results.filter((one) => one.outcome === outcome).length;
  const [fails, unclear] = [count("fail"), count("unclear")];
  return [
    fails > 0 ? `**${fails} broken**` : "",
    unclear > 0 ? `${unclear} unclear` : "",
    fails + unclear === 0 ? `${results.length} proven` : "",
  ]
    .filter((part) => part !== "")
    .join(", ");
}

/** What is broken, and what is unclear, by reasons. */
function breaks({ recipe, report }: Audited): string {
  const lines = report.classes.flatMap(({ id, results }) => {
    const told = results.filter(({ outcome }) => outcome !== "pass");
    return [...Map.groupBy(told, ({ outcome, reason }) => `${outcome}: ${reason}`)].map(
      ([said, alike]) => {
        const names = alike.slice(0, 3).map(({ name }) => escaped(name));
        const more = alike.length > 3 ? ` and ${alike.length - 3} more` : "";
        return `- ${id}, ${escaped(said)}: ${names.join(" · ")}${more}\n`;
      },
    );
  });
  return lines.length === 0 ? "" : `**${recipe.name}**\n\n${lines.join("")}\n`;
}

function escaped(text: string): string {
  return text.replace(/[_*|<[]/g, "\\$&");
}

function source(file: string): string {
  return `../packages/sallyport/test/audited-recipes/${file}.ts`;
}
