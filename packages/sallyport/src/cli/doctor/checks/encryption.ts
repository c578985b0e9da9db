import { defineCheck } from "../finding.ts";

/** Whether what opens a session can be read on its way. */
export const encryption = defineCheck({
  name: "encryption",
  kinds: {
    "http-in-use": { severity: "error", title: "Sessions travel unencrypted." },
  },
  async examine({ config }, report) {
    const { authUrl, apiUrl, pageOrigin } = config;
    const addresses = new Set(
      [authUrl, apiUrl ?? pageOrigin, pageOrigin].map((url) => new URL(url).origin),
    );
    const open = [...addresses].filter((origin) => isOpen(new URL(origin)));
    if (open.length === 0) return;
    report("http-in-use", {
      found: `${open.join(" and ")}: http, on a host that is not this machine.`,
      mend: "Serve it by https. Who is on the path otherwise reads every session cookie, and takes over the account.",
    });
  },
});

/** RFC 6761 6.3 for the names, RFC 1122 3.2.1.3 and RFC 4291 2.5.3 for the addresses. */
export function isLoopback(hostname: string): boolean {
  return /^(localhost|.+\.localhost|127(\.\d+){3}|\[::1\])$/.test(hostname);
}

function isOpen({ protocol, hostname }: URL): boolean {
  return protocol === "http:" && !isLoopback(hostname);
}
