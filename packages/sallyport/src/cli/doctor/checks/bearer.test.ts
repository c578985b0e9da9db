import { bearer as bearerPlugin } from "better-auth/plugins/bearer";
import { testFindings } from "../../../../test/findings.ts";
import { bearer } from "./bearer.ts";

testFindings(bearer, {
  "bearer-unsigned": [
    {
      how: "the bearer plugin wants no signature",
      setUp: { auth: () => ({ plugins: [bearerPlugin()] }) },
    },
  ],
});
