/** The smallest shape the guard reads; a Web `Request` satisfies it. Nothing in it is trusted. */
export interface GuardRequest {
  method: string;
  headers: { get(name: string): string | null };
  /** Absolute or path only. Given, its path must decode (RFC 3986 2.1), else `malformed_request`. */
  url?: string;
}

const origin = /^[a-z][a-z0-9+.-]*:\/\/[^/?#]*/i;

/** Whether the path percent-decodes to text: two parsers must not see two different paths. */
export function pathDecodes(url: string): boolean {
  if (!url.includes("%")) return true;
  const path = url.replace(origin, "").split(/[?#]/, 1)[0] ?? "";
  try {
    decodeURIComponent(path);
    return true;
  } catch {
    return false;
  }
}
