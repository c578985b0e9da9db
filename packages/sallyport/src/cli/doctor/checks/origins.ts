import * as z from "zod";
import { defineCheck, Unchecked } from "../finding.ts";
import type { Probe } from "../probe.ts";

/** Which addresses Better Auth takes for its own, seen from whose requests it refuses. */
export const origins = defineCheck({
  name: "the addresses that Better Auth knows",
  kinds: {
    "origin-untrusted": {
      severity: "error",
      title: "Better Auth refuses requests from your pages.",
    },
    "forwarded-proto": {
      severity: "error",
      title: "Better Auth takes its https address for an http one.",
    },
    "base-url": { severity: "error", title: "Better Auth does not know its own address." },
  },
  async examine(probe, report) {
    const { pageOrigin } = probe.config;
    const own = new URL(probe.authUrl()).origin;
    if (!(await trusts(probe, pageOrigin)) && pageOrigin !== own) {
      report("origin-untrusted", {
        found: `A sign-out with Origin ${pageOrigin} is refused with INVALID_ORIGIN.`,
        mend: `Add ${pageOrigin} to Better Auth's trustedOrigins.`,
      });
      return;
    }
    // An address that only servers use need not be one that pages come from.
    if (pageOrigin !== own || (await trusts(probe, own))) return;
    if (own.startsWith("https:") && (await trusts(probe, own.replace("https:", "http:")))) {
      report("forwarded-proto", {
        found: `It trusts ${own.replace("https:", "http:")}, and refuses ${own}.`,
        mend: `Set baseURL (BETTER_AUTH_URL) to ${own}; or let the proxy send X-Forwarded-Proto and X-Forwarded-Host, drop those of clients, and set advanced.trustedProxyHeaders.`,
      });
      return;
    }
    report("base-url", {
      found: `A sign-out with Origin ${own}, where you reach it, is refused with INVALID_ORIGIN.`,
      mend: `Set baseURL (BETTER_AUTH_URL) to ${own}, and let the proxy pass Host on. If that is not where your pages are, say where: --origin.`,
    });
  },
});

const refusal = z.object({ code: z.literal("INVALID_ORIGIN") });

/** By a sign-out of nobody: with a cookie, Better Auth looks at the origin first. */
async function trusts(probe: Probe, origin: string): Promise<boolean> {
  const { status, json } = await probe.askAuth("/sign-out", {
    method: "POST",
    headers: { origin, cookie: "sallyport-doctor=1" },
    body: {},
  });
  if (status === 200) return true;
  if (status === 403 && refusal.safeParse(json).success) return false;
  throw new Unchecked(`sign-out answered ${status}`);
}
