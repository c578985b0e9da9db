import { defineCheck } from "../finding.ts";

/** Whether backends can look many sessions up at once, and be known by their key. */
export const plugin = defineCheck({
  name: "the sallyport() plugin",
  kinds: {
    "service-key-refused": {
      severity: "error",
      title: "Better Auth does not know your backend's service key.",
    },
    "plugin-missing": {
      severity: "advice",
      title: "Better Auth is without the sallyport() plugin.",
    },
  },
  async examine(probe, report) {
    const { mode, secret } = probe.config;
    // Who takes tokens asks nobody.
    if (mode === "jwt") return;
    const state = await probe.plugin();
    if (state === "missing") {
      report("plugin-missing", {
        found:
          "POST /sallyport/sessions is 404: each session is looked up in a request of its own.",
        mend: "Add sallyport() of sallyport/better-auth to Better Auth's plugins. Requests that arrive together are then looked up in one read, more than ten times as many per second (docs/performance.md), and the rate limit lets your backend through.",
      });
    }
    if (state === "key refused") {
      report("service-key-refused", {
        found: `POST /sallyport/sessions with it is 401${secret === undefined ? "" : "; if it was made from BETTER_AUTH_SECRET here, Better Auth has another secret"}.`,
        mend: "Make the key from the secret that Better Auth runs with: deriveServiceKey(secret) of sallyport/better-auth. A guard with the wrong key answers every request with 503.",
      });
    }
  },
});
