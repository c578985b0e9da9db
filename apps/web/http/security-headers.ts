import type { WebConfig } from "../config.ts";

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/** Nothing of it runs, loads or is framed, should a browser take it for a page. */
const noPage = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

type Surroundings = Pick<WebConfig, "isProduction" | "publicUrl" | "apiUrl">;

/** On every answer; a page's policy takes the place of the one that is here. */
export function securityHeaders({ isProduction, publicUrl }: Surroundings): Record<string, string> {
  return {
    "Content-Security-Policy": noPage,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Permissions-Policy":
      "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    // Only this host: what else its domain serves is not ours to say.
    ...(isProduction &&
      publicUrl.startsWith("https:") && {
        "Strict-Transport-Security": `max-age=${YEAR_SECONDS}`,
      }),
  };
}

/** What a page may do: its own scripts alone, which bear the nonce, and what these load in turn. */
export function pagePolicy(nonce: string, { isProduction, apiUrl }: Surroundings): string {
  // Next's hot reload evaluates code, puts styles into the page and keeps a socket open.
  const reload = isProduction
    ? { script: "", style: "", connect: "" }
    : { script: " 'unsafe-eval'", style: " 'unsafe-inline'", connect: " ws:" };
  return [
    "default-src 'none'",
    `script-src 'self' 'nonce-${nonce}' 'strict-dynamic'${reload.script}`,
    `style-src 'self'${reload.style}`,
    "img-src 'self'",
    "font-src 'self'",
    `connect-src 'self' ${apiUrl}${reload.connect}`,
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'self'",
    "frame-ancestors 'none'",
  ].join("; ");
}
