import axe from "axe-core";
import type { Page } from "playwright-core";
import * as z from "zod";

/** A small phone, a desktop at 200 % zoom, and a desktop. */
const widths = [320, 640, 1280];
const height = 800;

const findings = z.array(
  z.object({
    id: z.string(),
    nodes: z.array(z.object({ target: z.array(z.unknown()), failureSummary: z.string() })),
  }),
);

/**
 * What axe finds wrong with a page as it stands, in both themes and at every width, one line each;
 * and whether it is wider than its window.
 */
export async function accessibilityFaults(page: Page): Promise<string[]> {
  const faults: string[] = [];
  const size = page.viewportSize();
  // Through the browser's own tools, to which the page's policy for scripts does not apply.
  await page.evaluate(axe.source);
  for (const colorScheme of ["light", "dark"] as const) {
    // A colour that is on its way to another has the contrast of neither.
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    for (const width of widths) {
      await page.setViewportSize({ width, height });
      const where = `${colorScheme}, ${width} px wide`;
      const run = 'axe.run(document, { resultTypes: ["violations"] }).then((r) => r.violations)';
      for (const { id, nodes } of findings.parse(await page.evaluate(run))) {
        for (const { target, failureSummary } of nodes) {
          faults.push(`${where}: ${id} at ${target.join(" ")}: ${failureSummary}`);
        }
      }
      const excess = await page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth",
      );
      if (excess !== 0) faults.push(`${where}: ${excess} px wider than the window`);
    }
  }
  await page.emulateMedia({ colorScheme: null, reducedMotion: null });
  if (size) await page.setViewportSize(size);
  return faults;
}
