import { request } from "node:http";

/** What no `fetch` would send: lines of the same name, in any spelling. */
export interface RawRequest {
  method: string;
  path: string;
  headers: [name: string, value: string][];
  body: string;
}

export function sendRaw(
  origin: string,
  { method, path, headers, body }: RawRequest,
): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const { hostname, port } = new URL(origin);
    const length = Buffer.byteLength(body);
    const lines = [["host", `${hostname}:${port}`], ["content-length", String(length)], ...headers];
    request({ hostname, port, method, path, headers: lines.flat() }, async (response) => {
      let text = "";
      try {
        for await (const chunk of response.setEncoding("utf8")) text += chunk;
        resolve({ status: response.statusCode ?? 0, body: text });
      } catch (error) {
        reject(error);
      }
    })
      .on("error", reject)
      .end(body);
  });
}
