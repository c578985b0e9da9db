import { spawn } from "node:child_process";
import { once } from "node:events";
import { text } from "node:stream/consumers";
import * as z from "zod";
import { signUp } from "../e2e/account.ts";
import { startTestSystem } from "../e2e/running-system.ts";
import { buildLibrary, buildWeb } from "./build.ts";
import { provideChromium } from "./chromium.ts";

// Fetched from the registry when it is asked for: 150 packages that nobody else here needs.
const lighthouse = "lighthouse@13.5.0";
const categories = ["performance", "accessibility", "best-practices"] as const;
const scoreAtLeast = 95;
/** Each page so often; the middle one counts. */
const runs = 5;

const report = z.object({
  categories: z.record(z.enum(categories), z.object({ score: z.number() })),
  audits: z.object({
    "largest-contentful-paint": z.object({ numericValue: z.number() }),
    "total-blocking-time": z.object({ numericValue: z.number() }),
    "cumulative-layout-shift": z.object({ numericValue: z.number() }),
  }),
});
type Report = z.output<typeof report>;

await buildLibrary();
await buildWeb();
const chrome = provideChromium();
const system = await startTestSystem();
try {
  const { cookie } = await signUp(system.webUrl, "ada");
  const rows = [];
  for (const path of ["/", "/sign-in", "/sign-up", "/dashboard", "/account"]) {
    const isForUsers = path === "/dashboard" || path === "/account";
    const reports: Report[] = [];
    for (let run = 0; run < runs; run++) {
      reports.push(await look(`${system.webUrl}${path}`, isForUsers ? cookie : undefined));
    }
    rows.push({ page: path, ...summarise(reports) });
  }
  console.table(rows);
  const isGood = rows.every((row) => categories.every((name) => row[name] >= scoreAtLeast));
  process.exitCode = isGood ? 0 : 1;
} finally {
  await system.stop();
}

/** As a phone of the middle class on a slow network sees the page: Lighthouse's own default. */
async function look(url: string, cookie: string | undefined): Promise<Report> {
  const child = spawn(
    "npm",
    [
      ...["exec", "--yes", `--package=${lighthouse}`, "--", "lighthouse", url],
      ...["--quiet", "--output=json", `--only-categories=${categories}`],
      "--chrome-flags=--headless=new --no-sandbox --disable-gpu",
      ...(cookie === undefined ? [] : [`--extra-headers=${JSON.stringify({ cookie })}`]),
    ],
    { env: { ...process.env, CHROME_PATH: chrome }, stdio: ["ignore", "pipe", "inherit"] },
  );
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, "close")]);
  if (code !== 0) throw new Error(`Lighthouse ended with ${code}`);
  return report.parse(JSON.parse(output));
}

function summarise(reports: Report[]) {
  const middle = (of: (report: Report) => number) =>
    reports.map(of).sort((a, b) => a - b)[Math.floor(reports.length / 2)] ?? Number.NaN;
  const score = (name: (typeof categories)[number]) =>
    Math.round(middle(({ categories }) => categories[name].score) * 100);
  return {
    performance: score("performance"),
    accessibility: score("accessibility"),
    "best-practices": score("best-practices"),
    "LCP ms": Math.round(middle(({ audits }) => audits["largest-contentful-paint"].numericValue)),
    "TBT ms": Math.round(middle(({ audits }) => audits["total-blocking-time"].numericValue)),
    CLS: middle(({ audits }) => audits["cumulative-layout-shift"].numericValue),
  };
}
