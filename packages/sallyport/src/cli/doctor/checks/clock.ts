import type { HttpAnswer } from "../bounded-client.ts";
import { defineCheck } from "../finding.ts";
import { lookUpPath } from "../probe.ts";

const mostSeconds = 5;

/** Whether the servers agree with this machine on the time (RFC 9110 6.6.1). */
export const clock = defineCheck({
  name: "clocks",
  kinds: {
    "clock-skew": { severity: "warning", title: "The clocks are apart." },
  },
  async examine(probe, report) {
    const judge = (who: string, answer: HttpAnswer) => {
      const seconds = secondsAhead(answer);
      if (seconds === undefined || Math.abs(seconds) <= mostSeconds) return;
      report("clock-skew", {
        found: `${who} is ${Math.abs(Math.round(seconds))} s ${seconds > 0 ? "ahead of" : "behind"} this machine.`,
        mend: "Let both keep the time by NTP. Sessions and tokens otherwise end too early or too late, and new tokens are refused as not yet issued.",
      });
    };
    judge("Better Auth's server", await probe.askAuth(lookUpPath));
    judge("The api's server", await probe.ask(probe.apiUrl()));
  },
});

/** `Date` names a whole second that has begun; the answer took some time. Undefined without one. */
function secondsAhead({ headers, sentAt, durationMs }: HttpAnswer): number | undefined {
  const theirs = Date.parse(headers.get("date") ?? "");
  if (Number.isNaN(theirs)) return undefined;
  const apartMs = theirs + 500 - (sentAt.getTime() + durationMs / 2);
  const doubtMs = 500 + durationMs / 2;
  return (Math.sign(apartMs) * Math.max(0, Math.abs(apartMs) - doubtMs)) / 1000;
}
