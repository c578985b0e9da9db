import type { IncomingMessage } from "node:http";

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

/** What only a proxy may say is dropped: none is trusted. The client's address is the socket's. */
export function trustOnlySocket({ headers, socket }: IncomingMessage): void {
  for (const name of Object.keys(headers)) {
    if (name.startsWith("x-forwarded-") || name === "forwarded" || name === clientAddressHeader) {
      delete headers[name];
    }
  }
  // Without the zone of a link-local address (RFC 4007 11), which is no part of it.
  const [address] = socket.remoteAddress?.split("%") ?? [];
  if (address !== undefined) headers[clientAddressHeader] = address;
}
