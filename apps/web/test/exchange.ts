import { once } from "node:events";
import { type IncomingHttpHeaders, type IncomingMessage, request } from "node:http";

export interface Sent {
  method?: string;
  path: string;
  headers?: Record<string, string | string[]>;
  /** One of 127.0.0.0/8, each of which is somebody else to a server on 127.0.0.1. */
  localAddress?: string;
  /** Sent as JSON. */
  body?: object;
}

export interface Answer {
  status: number;
  headers: IncomingHttpHeaders;
  cookies: string[];
  text: string;
}

/** Sends exactly this, on a connection of its own; follows nothing. */
export async function exchange(port: number, sent: Sent): Promise<Answer> {
  const { method = "GET", path, headers, localAddress, body } = sent;
  const outgoing = request({
    ...(localAddress === undefined ? { host: "localhost" } : { host: "127.0.0.1", localAddress }),
    port,
    method,
    path,
    agent: false,
    headers: { ...(body && { "content-type": "application/json" }), ...headers },
  });
  outgoing.end(body && JSON.stringify(body));
  const [incoming]: IncomingMessage[] = await once(outgoing, "response");
  if (incoming === undefined) throw new Error("A response event without a response");
  let text = "";
  for await (const chunk of incoming.setEncoding("utf8")) text += chunk;
  return {
    status: incoming.statusCode ?? 0,
    headers: incoming.headers,
    cookies: incoming.headers["set-cookie"] ?? [],
    text,
  };
}
