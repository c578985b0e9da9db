import { isUtf8 } from "node:buffer";

/** A string, and the colon that makes it a member's name: in valid JSON nothing else matches. */
const strings = /"(?:[^"\\]|\\.)*"(\s*:)?/g;

/**
 * Reads one JSON object in valid UTF-8. A member name given twice is refused, at any depth: which
 * of the two counts would be a matter of parsers (RFC 7515 4, RFC 7519 4). Undefined if it is none.
 */
export function parseJsonObject(bytes: Buffer): object | undefined {
  if (!isUtf8(bytes)) return undefined;
  const text = bytes.toString("utf8");
  try {
    const value: unknown = JSON.parse(text);
    if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
    return countNames(text) === countMembers(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function countNames(text: string): number {
  let count = 0;
  for (const [, colon] of text.matchAll(strings)) if (colon !== undefined) count += 1;
  return count;
}

function countMembers(value: object): number {
  const members: unknown[] = Object.values(value);
  let count = Array.isArray(value) ? 0 : members.length;
  for (const member of members) {
    if (typeof member === "object" && member !== null) count += countMembers(member);
  }
  return count;
}
