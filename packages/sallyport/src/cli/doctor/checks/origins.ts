import { defineCheck } from "../finding.ts";
import { withOtherScheme } from "../probe.ts";

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
    if (!(await probe.trusts(pageOrigin)) && pageOrigin !== own) {
      report("origin-untrusted", {
        found: `A sign-out with Origin ${pageOrigin} is refused with INVALID_ORIGIN.`,
        mend: `Add ${pageOrigin} to Better Auth's trustedOrigins.`,
      });
      return;
    }
    // An address that only servers use need not be one that pages come from.
    if (pageOrigin !== own || (await probe.trusts(own))) return;
    if (own.startsWith("https:") && (await probe.trusts(withOtherScheme(own)))) {
      report("forwarded-proto", {
        found: `It trusts ${withOtherScheme(own)}, and refuses ${own}.`,
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
