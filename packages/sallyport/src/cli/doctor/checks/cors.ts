import type { HttpAnswer } from "../bounded-client.ts";
import { defineCheck, quote } from "../finding.ts";
import { lookUpPath, type Probe } from "../probe.ts";

/** What browsers will let pages of another origin do (Fetch 3.3). */
export const cors = defineCheck({
  name: "cross-origin answers (CORS)",
  kinds: {
    "cors-foreign-origin": { severity: "error", title: "Pages of any origin may read answers." },
    "cors-missing": { severity: "error", title: "Browsers keep the answers from your pages." },
    "cors-credentials": { severity: "error", title: "Browsers send your pages' calls no cookie." },
    "cors-wildcard": { severity: "error", title: "CORS says * where cookies are used." },
    "cors-on-refusals": {
      severity: "warning",
      title: "Your pages cannot see why a request was refused.",
    },
  },
  async examine(probe, report) {
    const { mode, pageOrigin } = probe.config;
    await examineSide("Better Auth", probe.authUrl() + lookUpPath, true);
    await examineSide("The api", probe.apiUrl(), mode === "session");

    async function examineSide(who: string, url: string, hasCookies: boolean) {
      const foreign = await foreignOriginAllowed(probe, url);
      if (foreign !== undefined) {
        report("cors-foreign-origin", {
          found: `${who} answers a page of ${foreign} with Access-Control-Allow-Origin: ${foreign}.`,
          mend: `Allow the origins of your pages, compared as a whole: ${pageOrigin}. Otherwise any page that somebody signed in visits reads their data.`,
        });
      }
      if (new URL(url).origin === pageOrigin) return;
      const preflight = await askAs(probe, url, pageOrigin, "OPTIONS");
      const allowed = preflight.headers.get("access-control-allow-origin");
      if (allowed === "*" && hasCookies) {
        report("cors-wildcard", {
          found: `${who} answers a preflight with Access-Control-Allow-Origin: *, which browsers refuse for requests with cookies.`,
          mend: `Answer with the page's own origin, if it is one of yours: ${pageOrigin}; and with Vary: Origin.`,
        });
        return;
      }
      if ((allowed !== pageOrigin && allowed !== "*") || preflight.status >= 300) {
        report("cors-missing", {
          found: `${who} answered a preflight of ${pageOrigin} with ${preflight.status} and ${allowed === null ? "no Access-Control-Allow-Origin" : `Access-Control-Allow-Origin: ${quote(allowed)}`}.`,
          mend: `Answer preflights (OPTIONS) with 204 and Access-Control-Allow-Origin: ${pageOrigin}, in front of whatever wants a session: a preflight has no cookie. Give --api-url an address that your pages call.`,
        });
        return;
      }
      if (hasCookies && preflight.headers.get("access-control-allow-credentials") !== "true") {
        report("cors-credentials", {
          found: `${who} allows ${pageOrigin}, without Access-Control-Allow-Credentials: true.`,
          mend: 'Set it (credentials: true in most CORS middleware), and call with fetch(…, { credentials: "include" }).',
        });
        return;
      }
      const answer = await askAs(probe, url, pageOrigin, "GET");
      if (answer.headers.get("access-control-allow-origin") !== null) return;
      report("cors-on-refusals", {
        found: `${who} answers preflights well, but a GET with ${answer.status} and no Access-Control-Allow-Origin.`,
        mend: "Put the CORS middleware in front of everything, so that refusals have its headers too; a page otherwise sees a network error in place of 401 or 503.",
      });
    }
  },
});

/** Of a stranger's page, of a sandboxed one, and of a host whose name begins like yours. */
async function foreignOriginAllowed(probe: Probe, url: string): Promise<string | undefined> {
  const { protocol, hostname } = new URL(probe.config.pageOrigin);
  const foreign = [
    "https://sallyport-doctor.invalid",
    "null",
    `${protocol}//${hostname}.sallyport-doctor.invalid`,
  ];
  for (const origin of foreign) {
    for (const method of ["OPTIONS", "GET"] as const) {
      const { headers } = await askAs(probe, url, origin, method);
      if (headers.get("access-control-allow-origin") === origin) return origin;
    }
  }
  return undefined;
}

function askAs(
  probe: Probe,
  url: string,
  origin: string,
  method: "OPTIONS" | "GET",
): Promise<HttpAnswer> {
  const wanted = probe.config.mode === "jwt" ? "authorization" : "content-type";
  const preflight = {
    "access-control-request-method": "POST",
    "access-control-request-headers": wanted,
  };
  return probe.ask(url, { method, headers: { origin, ...(method === "OPTIONS" && preflight) } });
}
