import { testFindings } from "../../../../test/findings.ts";
import { plugin } from "./plugin.ts";

testFindings(plugin, {
  "service-key-refused": [
    {
      how: "the backend's key is of another secret",
      told: () => ({ serviceKey: "A".repeat(43) }),
    },
  ],
  "plugin-missing": [{ how: "Better Auth is without the plugin", setUp: { withPlugin: false } }],
});
