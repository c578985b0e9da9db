import { defineCheck } from "../finding.ts";
import { lookUpPath } from "../probe.ts";

/** Whether a session token opens its session without Better Auth's signature. */
export const bearer = defineCheck({
  name: "unsigned session tokens",
  kinds: {
    "bearer-unsigned": {
      severity: "error",
      title: "Better Auth takes session tokens without a signature.",
    },
  },
  async examine(probe, report) {
    const { token } = await probe.session();
    const answer = await probe.askAuth(lookUpPath, {
      headers: { authorization: `Bearer ${token}` },
    });
    if (answer.status !== 200 || answer.json === null) return;
    report("bearer-unsigned", {
      found:
        "get-session with the bare token of a session as Authorization: Bearer answered with that session.",
      mend: "Write bearer({ requireSignature: true }), or leave the plugin out. The bare token is what the session table, its backups and get-session's own answers hold: who reads one of those is signed in.",
    });
  },
});
