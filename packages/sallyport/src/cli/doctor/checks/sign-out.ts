import { defineCheck } from "../finding.ts";

/** Leaves nothing behind. */
export const signOut = defineCheck({
  name: "signing out",
  kinds: {
    "session-left-open": {
      severity: "error",
      title: "Better Auth did not let the doctor sign out.",
    },
  },
  async examine(probe, report) {
    if (await probe.signOutAll()) return;
    report("session-left-open", {
      found: "POST /sign-out was not acknowledged: a session of your account is still open.",
      mend: "End it where you manage sessions, and see Better Auth's log: your users cannot sign out either.",
    });
  },
});
