import { isUtf8 } from "node:buffer";

const [quote, backslash, colon] = [0x22, 0x5c, 0x3a];

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

/** In valid JSON each name, and nothing else, has a colon behind it that is in no string. */
function countNames(text: string): number {
  let count = 0;
  let isInString = false;
  for (let index = 0; index < text.length; index += 1) {
    const character = text.charCodeAt(index);
    if (character === quote) isInString = !isInString;
    else if (isInString && character === backslash) index += 1;
    else if (!isInString && character === colon) count += 1;
  }
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
