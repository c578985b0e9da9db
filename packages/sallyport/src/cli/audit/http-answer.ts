/** What a server answered, read leniently: whatever a client might make use of is looked at. */
export interface HttpAnswer {
  status: number;
  headers: Headers;
  body: string;
}

const finalHead = /^HTTP\/1\.[01] (?!1\d\d)(\d{3})[^\r\n]*\r?\n/;
const interimHead = /^HTTP\/1\.[01] 1\d\d[\s\S]*?\r?\n\r?\n/;

/**
 * Reads one answer (RFC 9112 6.3) off the bytes that have come so far. Undefined: more is to come,
 * or, with `isWhole`, that these bytes are no answer.
 */
export function parseAnswer(
  bytes: Buffer,
  { method, isWhole }: { method: string; isWhole: boolean },
): HttpAnswer | undefined {
  let text = bytes.toString("latin1");
  while (interimHead.test(text)) text = text.replace(interimHead, "");
  const start = finalHead.exec(text);
  const end = /\r?\n\r?\n/.exec(text);
  if (!start || !end) return undefined;
  const headers = parseHeaders(text.slice(start[0].length, end.index));
  const content = text.slice(end.index + end[0].length);
  const status = Number(start[1]);
  const hasNone = method === "HEAD" || status === 204 || status === 304;
  const body = hasNone ? "" : parseBody(content, headers, isWhole);
  if (body === undefined) return undefined;
  return { status, headers, body: Buffer.from(body, "latin1").toString("utf8") };
}

function parseHeaders(lines: string): Headers {
  const headers = new Headers();
  for (const line of lines.split(/\r?\n/)) {
    const colon = line.indexOf(":");
    try {
      headers.append(line.slice(0, colon), line.slice(colon + 1).trim());
    } catch {
      // A line that no browser would read either.
    }
  }
  return headers;
}

function parseBody(content: string, headers: Headers, isWhole: boolean): string | undefined {
  if (/chunked/i.test(headers.get("transfer-encoding") ?? "")) {
    const chunks = parseChunks(content);
    return chunks.isLast || isWhole ? chunks.text : undefined;
  }
  const length = headers.get("content-length");
  if (length !== null && content.length >= Number(length)) return content.slice(0, Number(length));
  return isWhole ? content : undefined;
}

function parseChunks(content: string): { text: string; isLast: boolean } {
  let text = "";
  let rest = content;
  for (;;) {
    const head = /^([\da-f]+)[^\r\n]*\r\n/i.exec(rest);
    if (!head) return { text, isLast: false };
    const length = Number.parseInt(head[1] ?? "", 16);
    if (length === 0) return { text, isLast: true };
    text += rest.slice(head[0].length, head[0].length + length);
    rest = rest.slice(head[0].length + length + 2);
  }
}
