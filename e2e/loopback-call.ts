import { type Agent, request } from "node:http";
import { text } from "node:stream/consumers";

interface CallOptions {
  agent?: Agent;
  /** One of 127.0.0.0/8: what is limited by address takes each for somebody else. */
  localAddress?: string;
  headers?: Record<string, string>;
  /** JSON; makes it a POST. */
  body?: object;
}

export interface Answer {
  status: number;
  cookies: string[];
  text: string;
}

/** A request to a server on this machine. */
export function call(url: string, { headers, body, ...connection }: CallOptions): Promise<Answer> {
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const sent = request(url, {
    ...connection,
    family: 4,
    method: body === undefined ? "GET" : "POST",
    headers: { ...headers, ...(body && { "content-type": "application/json" }) },
  });
  sent.on("error", reject);
  sent.on("response", (response) => {
    const { statusCode: status = 0, headers } = response;
    const cookies = headers["set-cookie"] ?? [];
    const end = (body: string) => resolve({ status, cookies, text: body });
    // An answer that breaks off has told its status.
    text(response).then(end, () => end(""));
  });
  sent.end(body && JSON.stringify(body));
  return promise;
}
