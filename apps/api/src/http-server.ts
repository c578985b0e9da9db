import { randomUUID } from "node:crypto";
import { createServer, type Server, STATUS_CODES } from "node:http";
import type { Duplex } from "node:stream";
import { getRequestListener } from "@hono/node-server";
import type { Log } from "@sallyport/server";
import { type ApiFailureCode, apiProblem } from "./problem.ts";

/** Serves the app over HTTP, and answers in its manner what never becomes a request to it. */
export function createHttpServer(
  fetch: (request: Request) => Response | Promise<Response>,
  log: Log,
): Server {
  const listener = getRequestListener(fetch, {
    // Clients of HTTP/1.0 need not send a Host, and nothing here depends on one.
    hostname: "localhost",
    errorHandler: (cause) => {
      // What the host cannot make a Request of is the client's fault, all else is ours.
      const isRequest = cause instanceof Error && cause.name === "RequestError";
      const { status, headers, body } = unreadable(
        isRequest ? "malformed_request" : "internal_error",
        cause,
      );
      return new Response(JSON.stringify(body), { status, headers });
    },
  });

  function unreadable(code: ApiFailureCode, cause: unknown) {
    const requestId = randomUUID();
    const { status, headers, body } = apiProblem(code, requestId);
    const reason = cause instanceof Error && "code" in cause ? cause.code : String(cause);
    log[status >= 500 ? "error" : "info"](
      { request_id: requestId, status, error_code: code, cause: reason },
      "request",
    );
    return { status, headers: { ...headers, "X-Request-Id": requestId }, body };
  }

  const server = createServer(
    {
      maxHeaderSize: 16 * 1024,
      headersTimeout: 10_000,
      requestTimeout: 30_000,
      // How often the two are looked at; Node's own half a minute would treble them.
      connectionsCheckingInterval: 1_000,
      requireHostHeader: false,
    },
    listener,
  );
  // All that fit into maxHeaderSize: Node drops those beyond a count without a word, and a second
  // credential must not go unseen.
  server.maxHeadersCount = 0;
  server.on("checkExpectation", listener);
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    if (!socket.writable || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const { status, headers, body } = unreadable(codeFor(error), error);
    endWith(socket, status, headers, JSON.stringify(body));
  });
  return server;
}

function codeFor({ code }: NodeJS.ErrnoException): ApiFailureCode {
  if (code === "HPE_HEADER_OVERFLOW") return "headers_too_large";
  return code === "ERR_HTTP_REQUEST_TIMEOUT" ? "request_timeout" : "malformed_request";
}

function endWith(
  socket: Duplex,
  status: number,
  headers: Record<string, string>,
  body: string,
): void {
  const lines = Object.entries({
    ...headers,
    "Content-Length": Buffer.byteLength(body),
    Connection: "close",
  }).map(([name, value]) => `${name}: ${value}`);
  const head = [`HTTP/1.1 ${status} ${STATUS_CODES[status]}`, ...lines].join("\r\n");
  // Not destroyed at once: a reset would overtake the answer on its way to a client still sending.
  socket.end(`${head}\r\n\r\n${body}`, () => setTimeout(() => socket.destroy(), 1_000).unref());
}
