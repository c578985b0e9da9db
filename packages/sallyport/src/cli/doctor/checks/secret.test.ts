import { testFindings } from "../../../../test/findings.ts";
import { secret } from "./secret.ts";

testFindings(secret, {
  "secret-known": [
    {
      how: "Better Auth runs with its default secret",
      setUp: {
        withPlugin: false,
        auth: () => ({ secret: "better-auth-secret-12345678901234567890" }),
      },
      told: () => ({ secret: undefined, serviceKey: undefined }),
      findings: ["secret-known", "plugin-missing"],
    },
  ],
  "secret-weak": [
    {
      how: "both sides have a secret of one pattern",
      setUp: { withPlugin: false, auth: () => ({ secret: "ab".repeat(16) }) },
      told: () => ({ secret: "ab".repeat(16), serviceKey: undefined }),
      findings: ["secret-weak", "plugin-missing"],
    },
  ],
  "secret-differs": [
    {
      how: "the secret here is another",
      told: ({ config }) => ({ secret: `${config.secret}\n` }),
    },
  ],
});
