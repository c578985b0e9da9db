import { defineCheck } from "../finding.ts";
import { SignInFailed } from "../own-session.ts";

/** Whether the account given can be used for the checks that need a session. */
export const signIn = defineCheck({
  name: "signing in",
  kinds: {
    "sign-in-failed": { severity: "error", title: "The sign-in with your account did not work." },
  },
  async examine(probe, report) {
    try {
      await probe.session();
    } catch (error) {
      if (!(error instanceof SignInFailed)) throw error;
      report("sign-in-failed", {
        found: `${error.message}.`,
        mend: "Give an account with an e-mail address, a password and no second factor, on a Better Auth with emailAndPassword; an account for tests is best.",
      });
    }
  },
});
