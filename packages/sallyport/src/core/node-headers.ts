import type { IncomingMessage } from "node:http";
import type { GuardRequest } from "./guard-request.ts";

/**
 * The headers of a Node request, HTTP/1 or 2, repeated ones joined (RFC 9110 5.3, RFC 9113 8.2.3).
 * Node's own `headers` drops the second of some without a word, and a credential that is given
 * twice must be seen twice.
 */
export function nodeHeaders({
  rawHeaders,
}: Pick<IncomingMessage, "rawHeaders">): GuardRequest["headers"] {
  return {
    get(name) {
      const wanted = name.toLowerCase();
      const values = rawHeaders.filter(
        (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === wanted,
      );
      return values.length === 0 ? null : values.join(wanted === "cookie" ? "; " : ", ");
    },
  };
}
