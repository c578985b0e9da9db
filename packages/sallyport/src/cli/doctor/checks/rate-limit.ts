import { defineCheck, Unchecked } from "../finding.ts";
import { lookUpPath } from "../probe.ts";
import { keyHeaders } from "./look-up-time.ts";

/** More than Better Auth's default, which is 100 in 10 s. */
const lookUps = 120;

/** Whether Better Auth's rate limit would stop a backend, whose users all have its one address. */
export const rateLimit = defineCheck({
  name: "the rate limit",
  kinds: {
    "rate-limited": {
      severity: "error",
      title: "Better Auth's rate limit will stop your backend.",
    },
  },
  async examine(probe, report) {
    if (probe.config.mode === "jwt") return;
    const state = await probe.plugin();
    // It limits everyone else, as it should.
    if (state === "present") throw new Unchecked("set SALLYPORT_SERVICE_KEY");
    if (state === "key refused") throw new Unchecked("the service key is refused");
    while (probe.lookUps() < lookUps) {
      const { status } = await probe.askAuth(lookUpPath, { headers: keyHeaders(probe) });
      if (status !== 429) continue;
      report("rate-limited", {
        found: `Look-up ${probe.lookUps()} of this run was answered 429.`,
        mend:
          state === "missing"
            ? "Add the sallyport() plugin and give your backend its service key. Without the plugin: a rateLimit.customRules entry for /get-session that lets your backend through, by a key and not by its address."
            : "The key is known, and yet it is limited: see what else limits, a proxy or a firewall in front of Better Auth.",
      });
      return;
    }
  },
});
