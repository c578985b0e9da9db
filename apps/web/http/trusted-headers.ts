import type { IncomingMessage } from "node:http";
import { BlockList, isIP } from "node:net";

/** Where this server writes the client's address; what came in under that name is overwritten. */
export const clientAddressHeader = "x-client-address";

const hostShape = /^(?:\[[0-9a-f:.]+\]|[a-z0-9._-]+)(?::\d{1,5})?$/i;

/** Whether host and target make an address: Better Auth and Next both build one from them. */
export function hasReadableAddress({ url = "", headersDistinct }: IncomingMessage): boolean {
  const [host = "", ...others] = headersDistinct.host ?? [];
  return (
    others.length === 0 &&
    hostShape.test(host) &&
    url.startsWith("/") &&
    URL.canParse(`http://${host}${url}`)
  );
}

/**
 * Returns what drops from a request all that only a proxy may say, and writes the client's address:
 * of X-Forwarded-For the part that trusted proxies, addresses or networks, have written.
 */
export function trustOnly(proxies: string[]): (request: IncomingMessage) => void {
  const trusted = new BlockList();
  for (const entry of proxies) {
    const [address = "", prefix] = entry.split("/");
    const family = isIP(address) === 4 ? "ipv4" : "ipv6";
    if (prefix === undefined) trusted.addAddress(address, family);
    else trusted.addSubnet(address, Number(prefix), family);
  }
  const isTrusted = (address: string) =>
    trusted.check(address, isIP(address) === 4 ? "ipv4" : "ipv6");

  /** Each proxy appends who called it: from the right, as far as the one who says so is trusted. */
  function clientAddress(socketAddress: string, forwardedFor: string | undefined): string {
    let caller = socketAddress;
    const claims = forwardedFor?.split(",") ?? [];
    while (isTrusted(caller)) {
      const claim = claims.pop()?.trim() ?? "";
      if (isIP(claim) === 0) break;
      caller = claim;
    }
    return caller;
  }

  return ({ headers, socket }) => {
    const forwardedFor = headers["x-forwarded-for"];
    for (const name of Object.keys(headers)) {
      if (name.startsWith("x-forwarded-") || name === "forwarded" || name === clientAddressHeader) {
        delete headers[name];
      }
    }
    // Without the zone of a link-local address (RFC 4007 11), which is no part of it.
    const [address] = socket.remoteAddress?.split("%") ?? [];
    if (address === undefined) return;
    headers[clientAddressHeader] = clientAddress(address, String(forwardedFor ?? ""));
  };
}
