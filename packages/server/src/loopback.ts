import { BlockList, isIP } from "node:net";

const loopback = new BlockList();
loopback.addSubnet("127.0.0.0", 8, "ipv4");
loopback.addAddress("::1", "ipv6");

/** Whether a host name or address, in brackets or not, is this machine's own (RFC 6761 6.3). */
export function isLoopback(host: string): boolean {
  const name = host.replace(/^\[(.*)\]$/, "$1");
  const family = isIP(name);
  if (family === 0) return /^(.+\.)?localhost$/i.test(name);
  return loopback.check(name, family === 4 ? "ipv4" : "ipv6");
}
