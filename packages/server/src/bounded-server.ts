import {
  createServer,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerOptions,
  type ServerResponse,
  STATUS_CODES,
} from "node:http";
import type { Duplex } from "node:stream";

/** What a stranger may take of a server before it has proved anything. */
export interface ConnectionLimits {
  /** Request line and headers together. */
  headerBytes: number;
  /** From the opening of a connection, or a request's first byte, to the end of its headers. */
  headersMs: number;
  /** From a request's first byte to the end of its body. */
  requestMs: number;
  /** Without a byte between two requests. Longer than the proxies in front keep a connection. */
  keepAliveMs: number;
  /** Without a byte in either direction while a request is answered. */
  stalledMs: number;
  /** Without a new request, whatever else moves: a byte now and then ends all waits but this one. */
  connectionMs: number;
  connections: number;
}

const ordinaryLimits: ConnectionLimits = {
  headerBytes: 16 * 1024,
  headersMs: 10_000,
  requestMs: 30_000,
  keepAliveMs: 125_000,
  stalledMs: 60_000,
  connectionMs: 240_000,
  connections: 2_000,
};

/** Why what came in is no request. */
type RefusedBytes = "malformed_request" | "request_timeout" | "headers_too_large";

interface BoundedServerOptions {
  limits?: ConnectionLimits | undefined;
  /** The answer to what never becomes a request. */
  refuse(
    reason: RefusedBytes,
    cause: Error,
  ): { status: number; headers: Record<string, string>; body: string };
  /** Any other request to upgrade is an ordinary one. */
  isUpgradeWanted?: (request: IncomingMessage) => boolean;
  server?: Pick<ServerOptions, "requireHostHeader">;
}

interface Connection {
  deadline: NodeJS.Timeout;
  /** Those that are owed or under way. */
  answers: Set<ServerResponse>;
}

/** An HTTP server that a slow, silent or endless client costs a bounded time and place. */
export function createBoundedServer(
  listener: RequestListener,
  options: BoundedServerOptions,
): Server {
  const { limits = ordinaryLimits, refuse, isUpgradeWanted = () => false } = options;
  const connections = new WeakMap<Duplex, Connection>();
  const server = createServer({
    ...options.server,
    maxHeaderSize: limits.headerBytes,
    headersTimeout: limits.headersMs,
    requestTimeout: limits.requestMs,
    // How often the two are looked at; Node's own half a minute would treble them.
    connectionsCheckingInterval: Math.min(1_000, limits.headersMs),
    keepAliveTimeout: limits.keepAliveMs,
    shouldUpgradeCallback(request) {
      const isWanted = isUpgradeWanted(request);
      if (isWanted) clearTimeout(connections.get(request.socket)?.deadline);
      return isWanted;
    },
  });
  server.setTimeout(limits.stalledMs);
  // All that fit into headerBytes: Node drops those beyond a count without a word, and neither a
  // second credential nor the address that a proxy appends must go unseen.
  server.maxHeadersCount = 0;
  server.maxConnections = limits.connections;
  // A full house shows out those who only sit there.
  server.on("drop", () => server.closeIdleConnections());

  server.on("connection", (socket) => {
    const deadline = setTimeout(() => socket.destroy(), limits.connectionMs).unref();
    connections.set(socket, { deadline, answers: new Set() });
    socket.once("close", () => clearTimeout(deadline));
  });
  server.on("request", (request, response) => {
    const connection = connections.get(request.socket);
    connection?.deadline.refresh();
    connection?.answers.add(response);
    response.once("close", () => connection?.answers.delete(response));
  });
  server.on("request", listener);
  // An expectation that nobody here knows may be ignored (RFC 9110 10.1.1).
  server.on("checkExpectation", (request, response) => server.emit("request", request, response));

  server.on("clientError", (error: NodeJS.ErrnoException, socket) => {
    const [answer, ...others] = connections.get(socket)?.answers ?? [];
    // Into answers that are under way, this one would be read as a part of theirs.
    const isAnswering = answer?.headersSent === true || others.length > 0;
    if (!socket.writable || isAnswering || error.code === "ECONNRESET") {
      socket.destroy();
      return;
    }
    const { status, headers, body } = refuse(reasonFor(error), error);
    endWith(socket, status, headers, body);
  });
  return server;
}

function reasonFor({ code }: NodeJS.ErrnoException): RefusedBytes {
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
