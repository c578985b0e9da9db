import { type HttpAnswer, NoAnswer } from "../bounded-client.ts";
import { defineCheck } from "../finding.ts";

/** Whether the backend takes a session that Better Auth has just opened. */
export const api = defineCheck({
  name: "the api",
  kinds: {
    "api-unreachable": { severity: "error", title: "The api cannot be reached." },
    "api-refuses-session": { severity: "error", title: "The api refuses a session that is valid." },
    "api-without-authority": {
      severity: "error",
      title: "The api gets no answer from Better Auth.",
    },
  },
  async examine(probe, report) {
    const url = probe.apiUrl();
    try {
      await probe.ask(url);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      report("api-unreachable", {
        found: `${error.message}.`,
        mend: "Start it, or correct the address.",
      });
      return;
    }
    if (probe.config.mode === "jwt") return;
    const { cookie } = await probe.session();
    const { status }: HttpAnswer = await probe.ask(url, { headers: { cookie } });
    if (status === 401) {
      report("api-refuses-session", {
        found: `GET ${url} with the session's cookie is 401; Better Auth knows the session.`,
        mend: "Compare what the backend is told with what is here: Better Auth's address, cookieName, secure; or tell this command --mode jwt, if it takes tokens. Its log has the cause.",
      });
    }
    if (status === 503) {
      report("api-without-authority", {
        found: `GET ${url} with the session's cookie is 503; from here, Better Auth answers.`,
        mend: "See whether Better Auth's address is reachable from where the backend runs (containers have a localhost of their own), and its service key is right. Its log has the cause.",
      });
    }
  },
});
