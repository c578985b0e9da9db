import type { OutgoingHttpHeader, OutgoingHttpHeaders, ServerResponse } from "node:http";
import { guardedHeaders } from "./denial.ts";

type Headers = OutgoingHttpHeaders | OutgoingHttpHeader[];

/**
 * Marks whatever this response will be as one caller's own. It happens when the head is written,
 * where every way to answer ends: streams, files, redirects, error handlers. So no handler loses
 * the mark, and what it says of `Vary` is kept.
 */
export function markGuarded(response: ServerResponse): void {
  const writeHead = response.writeHead.bind(response);
  response.writeHead = (
    status: number,
    reasonOrHeaders?: string | Headers,
    headers?: Headers,
  ): ServerResponse => {
    const [reason, own] =
      typeof reasonOrHeaders === "string"
        ? [reasonOrHeaders, headers]
        : [undefined, headers ?? reasonOrHeaders];
    const pairs = pairsOf(own ?? {});
    for (const [name] of pairs) response.removeHeader(name);
    for (const [name, value] of pairs) response.appendHeader(name, value);
    for (const [name, value] of Object.entries(guardedHeaders)) {
      if (name !== "Vary") response.setHeader(name, value);
      else if (!varies(response, value)) response.appendHeader(name, value);
    }
    return reason === undefined ? writeHead(status) : writeHead(status, reason);
  };
}

/** A second guard adds nothing. */
function varies(response: ServerResponse, value: string): boolean {
  return [response.getHeader("Vary")].flat().some((own) => String(own).includes(value));
}

/** As `writeHead` takes them: an object, pairs, or names and values in turns; names may repeat. */
function pairsOf(headers: Headers): [name: string, value: string | string[]][] {
  const turns = Array.isArray(headers) ? headers.flat() : undefined;
  const pairs: [name: unknown, value: OutgoingHttpHeader | undefined][] = turns
    ? turns.flatMap((name, index) => (index % 2 === 0 ? [[name, turns[index + 1]]] : []))
    : Object.entries(headers);
  return pairs.flatMap(([name, value]) =>
    value === undefined ? [] : [[String(name), Array.isArray(value) ? value : String(value)]],
  );
}
