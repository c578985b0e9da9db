import { testFindings } from "../../../../test/findings.ts";
import { ownLimits } from "../../../../test/set-up.ts";
import { rateLimit } from "./rate-limit.ts";

testFindings(rateLimit, {
  "rate-limited": [
    {
      how: "Better Auth's rate limit is on and knows no backends",
      setUp: {
        withPlugin: false,
        auth: () => ({
          rateLimit: {
            ...ownLimits,
            customRules: { "/sign-in/*": { window: 10, max: 100 } },
          },
        }),
      },
      findings: ["rate-limited", "plugin-missing"],
    },
  ],
});
