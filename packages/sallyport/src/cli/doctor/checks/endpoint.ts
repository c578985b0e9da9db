import { type HttpAnswer, NoAnswer } from "../bounded-client.ts";
import { defineCheck, quote, Unchecked } from "../finding.ts";
import { lookUpPath, type Probe } from "../probe.ts";

/** Whether Better Auth answers there, and if not, where it does on that host. */
export const endpoint = defineCheck({
  name: "where Better Auth is",
  kinds: {
    "auth-unreachable": { severity: "error", title: "Better Auth cannot be reached." },
    "auth-redirects": { severity: "error", title: "get-session answers with a redirect." },
    "auth-base-path": { severity: "error", title: "Better Auth has another base path." },
    "auth-not-found": { severity: "error", title: "Better Auth is not at this address." },
    "auth-failing": { severity: "error", title: "Better Auth is there but fails." },
  },
  async examine(probe, report) {
    const { authUrl } = probe.config;
    let answer: HttpAnswer;
    try {
      answer = await probe.ask(authUrl + lookUpPath);
    } catch (error) {
      if (!(error instanceof NoAnswer)) throw error;
      report("auth-unreachable", {
        found: `${error.message}.`,
        mend: `Start it, or correct the address. From your backend, it has to be reachable there too${/CERT|SIGNED/.test(error.reason) ? ", with a certificate that Node trusts (NODE_EXTRA_CA_CERTS)" : ""}.`,
      });
      return;
    }
    if (saysNoSession(answer)) return probe.found(authUrl);

    const { status } = answer;
    if (status >= 300 && status < 400) {
      report("auth-redirects", {
        found: `${authUrl}/get-session answered ${status} to ${redirectTarget(answer, authUrl)}.`,
        mend: "Use the address that it leads to, in your backend and here. A backend follows no redirect: it would carry sessions to wherever it is sent.",
      });
      return;
    }
    const elsewhere = await findElsewhere(probe, authUrl);
    if (elsewhere !== undefined) {
      probe.found(elsewhere);
      report("auth-base-path", {
        found: `Better Auth answers at ${elsewhere}, and not at ${authUrl}.`,
        mend: `Use ${elsewhere} as its address; get-session is asked for below it. The other checks have used that address.`,
      });
    } else if (status === 404 || status < 300) {
      report("auth-not-found", {
        found: `${authUrl}/get-session answered ${describe(answer)}, and so did every usual base path of that host.`,
        mend: "Give the address under which Better Auth's handler is mounted, base path included: http://localhost:3000/api/auth. In front of it, the proxy has to pass the path on unchanged.",
      });
    } else {
      report("auth-failing", {
        found: `${authUrl}/get-session answered ${describe(answer)}.`,
        mend:
          status === 429
            ? "Its rate limit refuses this address: wait a minute and try again."
            : "See Better Auth's own log. Its database may be down or not migrated, or something in front of it (firewall, proxy, middleware) may answer in its place.",
      });
    }
  },
});

/** As Better Auth says it to whoever has no cookie. */
function saysNoSession({ status, json }: HttpAnswer): boolean {
  return status === 200 && json === null;
}

async function findElsewhere(probe: Probe, authUrl: string): Promise<string | undefined> {
  const { origin, pathname } = new URL(authUrl);
  const withoutEndpoint = pathname.replace(/\/(get-session|session|sign-in|sign-out|ok)$/, "");
  const halved = withoutEndpoint.replace(/^(\/.+)\1$/, "$1");
  const paths = [withoutEndpoint, halved, `${withoutEndpoint}/api/auth`, "/api/auth", "/auth"];
  for (const path of new Set(paths)) {
    const candidate = origin + path.replace(/\/+$/, "");
    if (candidate === authUrl) continue;
    if (saysNoSession(await probe.ask(candidate + lookUpPath))) return candidate;
  }
  return undefined;
}

function describe({ status, headers }: HttpAnswer): string {
  const type = headers.get("content-type")?.split(";", 1)[0];
  return type === undefined ? `${status}` : `${status} with ${quote(type)}`;
}

/** Without its query, which may be somebody's secret. */
function redirectTarget({ headers }: HttpAnswer, authUrl: string): string {
  const target = URL.parse(headers.get("location") ?? "", authUrl);
  if (target === null) throw new Unchecked("it redirects to nowhere");
  return quote(target.origin + target.pathname);
}
