import { getSetCookies } from "undici";
import type { HttpAnswer } from "../bounded-client.ts";
import { defineCheck, Unchecked } from "../finding.ts";
import { lookUpPath } from "../probe.ts";

/** Whether a session that was signed out is over: with one of its own. */
export const revocation = defineCheck({
  name: "revocation",
  kinds: {
    "revocation-ignored": {
      severity: "error",
      title: "A session goes on after its sign-out.",
    },
    "cookie-cache": {
      severity: "warning",
      title: "The cookie cache lets sessions go on after their sign-out.",
    },
  },
  async examine(probe, report) {
    const session = await probe.signIn();
    if (!(await probe.signOut(session))) throw new Unchecked("Better Auth refused the sign-out");
    const afresh = await probe.askAuth(lookUpPath, { headers: { cookie: session.cookie } });
    if (holdsSession(afresh)) {
      report("revocation-ignored", {
        found:
          "Better Auth acknowledged a sign-out; get-session, read afresh, still answers with that session.",
        mend: "See whether sign-outs reach the storage that sessions are read from (replicas, secondaryStorage). With the sallyport() plugin a sign-out that did not is 503.",
      });
      return;
    }
    const cached = await probe.askAuth("/get-session", { headers: { cookie: session.cookies } });
    if (!holdsSession(cached)) return;
    const data = getSetCookies(session.answer.headers).find(({ name }) =>
      /session_data/.test(name),
    );
    report("cookie-cache", {
      found: `get-session with a browser's cookies still answers with a session that was signed out${data?.maxAge === undefined ? "" : `, for up to ${data.maxAge} s`}.`,
      mend: "Ask with disableCookieCache=true and forward the session token's cookie alone, as the guard does; or set session.cookieCache.enabled to false.",
    });
  },
});

/** Whether it speaks of one. */
function holdsSession({ status, json }: HttpAnswer): boolean {
  if (status === 429) throw new Unchecked("Better Auth's rate limit stopped it");
  return status === 200 && json !== null;
}
