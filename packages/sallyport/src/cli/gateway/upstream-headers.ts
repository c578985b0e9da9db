import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { isIdentityHeader } from "./identity-headers.ts";

/** Of this connection alone (RFC 9110 7.6.1), as are those that `Connection` names. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
]);

/** By which frameworks let a client change what was judged, or say where it comes from. */
const claims =
  /^(forwarded|x-forwarded-.*|x-real-ip|x-original-.*|x-rewrite-url|x-(http-)?method(-override)?)$/;

export interface UpstreamHeaderOptions {
  identity: Record<string, string> | undefined;
  /** Of the session's cookie: it and its siblings stay here. */
  cookieName: string;
}

/**
 * The headers that the backend is sent, as Node takes them: names and values in turns. Credentials
 * stay here; what speaks of identity, path, method or address is the gateway's own word.
 */
export function upstreamHeaders(
  request: IncomingMessage,
  { identity = {}, cookieName }: UpstreamHeaderOptions,
): string[] {
  const { headers, socket } = request;
  const host = headers.host ?? "";
  const isSessionCookie = sessionCookies(cookieName);
  const kept = endToEnd(request.rawHeaders).flatMap(([name, value]): [string, string][] => {
    const known = name.toLowerCase();
    // With `_` it is another name here and the same one to CGI-like backends, so nginx drops it too.
    if (known.includes("_") || isIdentityHeader(known) || claims.test(known)) return [];
    if (["host", "authorization", "expect", "content-length"].includes(known)) return [];
    if (known !== "cookie") return [[name, value]];
    const others = value.split(";").filter((pair) => !isSessionCookie(pair.split("=", 1)[0] ?? ""));
    return others.length === 0 ? [] : [[name, others.join(";").trim()]];
  });
  return [
    ["Host", host],
    ...kept,
    ["X-Forwarded-For", socket.remoteAddress ?? ""],
    ["X-Forwarded-Host", host],
    ["X-Forwarded-Proto", "http"],
    ...Object.entries(identity),
    ...framing(headers),
  ].flat();
}

/**
 * As the body was read here, whatever `Connection` names: one without framing would be the next
 * request on the connection to the backend (RFC 9112 11.2).
 */
function framing(headers: IncomingHttpHeaders): [name: string, value: string][] {
  const length = headers["content-length"];
  if (headers["transfer-encoding"] !== undefined) return [["Transfer-Encoding", "chunked"]];
  return length === undefined ? [] : [["Content-Length", length]];
}

/** Without those of one connection: as true of a request as of an answer. */
export function endToEnd(rawHeaders: readonly string[]): [name: string, value: string][] {
  const pairs = rawHeaders.flatMap((name, index): [string, string][] =>
    index % 2 === 0 ? [[name, rawHeaders[index + 1] ?? ""]] : [],
  );
  const named = pairs
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(","))
    .map((name) => name.trim());
  const dropped = new Set([...hopByHop, ...named]);
  return pairs.filter(([name]) => !dropped.has(name.toLowerCase()));
}

/** Better Auth's cookies begin alike: `better-auth.session_token`, `better-auth.session_data` … */
function sessionCookies(cookieName: string): (name: string) => boolean {
  const bare = (name: string) => name.trim().replace(/^__(Secure|Host)-/i, "");
  const own = bare(cookieName);
  const family = own.replace(/session_token$/, "");
  return (name) => (family === own ? bare(name) === own : bare(name).startsWith(family));
}
