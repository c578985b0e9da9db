import * as http from "node:http";
import * as https from "node:https";
import { pipeline } from "node:stream/promises";
import { refuse } from "../../core/auth-result.ts";
import { nodeHeaders } from "../../core/node-headers.ts";
import { markGuarded } from "../../core/node-response.ts";
import type { Door } from "./door.ts";
import { endToEnd, upstreamHeaders } from "./upstream-headers.ts";

/** Shorter than any server keeps a connection: what is sent into one that closes gets no answer. */
const idleMs = 1_000;
/** Without a byte of the body to send, or the head of an answer. */
const silenceMs = 60_000;

/** Hands what may pass to the backend and streams its answer back; nothing is held in memory. */
export function reverseProxy(upstream: URL, cookieName: string): Door {
  const { request: send, Agent } = upstream.protocol === "https:" ? https : http;
  const target = {
    host: upstream.hostname.replace(/^\[|\]$/g, ""),
    port: upstream.port,
    agent: new Agent({ keepAlive: true, timeout: idleMs }),
  };

  return async (request, response, { judge, identify, refused, problem, signal }) => {
    const { method = "", url = "", headers } = request;
    const asked = { method, target: url };
    // A coding that is not known here would reach the backend as the body itself (RFC 9112 6.1).
    if (!/^(chunked)?$/i.test(headers["transfer-encoding"] ?? "")) {
      return refused(refuse("malformed_request").failure, asked);
    }
    const judgement = await judge({ ...asked, headers: nodeHeaders(request), signal });
    if (!judgement.ok) return refused(judgement.failure, asked);
    // Other upgrades may be ignored (RFC 9110 7.8): without the header it is an ordinary request.
    if (headers.upgrade?.toLowerCase() === "websocket") {
      return problem("upgrade_unsupported", asked);
    }
    const { auth } = judgement;
    const identity = auth && identify(auth);
    if (headers.expect?.toLowerCase() === "100-continue") response.writeContinue();

    const answer = Promise.withResolvers<http.IncomingMessage>();
    const outgoing = send({
      ...target,
      method,
      path: url,
      headers: upstreamHeaders(request, { identity, cookieName }),
      signal,
    });
    const silence = setTimeout(() => outgoing.destroy(new Error("no answer in time")), silenceMs);
    request.on("data", () => silence.refresh());
    outgoing
      .on("response", answer.resolve)
      .on("error", answer.reject)
      .on("close", () => {
        clearTimeout(silence);
        answer.reject(new Error("the connection closed without an answer"));
      });
    // Not a pipeline, which would end the client's connection with the backend's: an answer may
    // come, and the connection close, before all of the body is read.
    request.pipe(outgoing);
    try {
      const incoming = await answer.promise;
      clearTimeout(silence);
      if (auth !== undefined) markGuarded(response);
      const { statusCode = 0, statusMessage, rawHeaders } = incoming;
      response.writeHead(statusCode, statusMessage, endToEnd(rawHeaders).flat());
      // Without a body yet the head alone is news, as of a stream of events.
      if (incoming.readableLength === 0 && !incoming.complete) response.flushHeaders();
      await pipeline(incoming, response);
    } catch (cause) {
      outgoing.destroy();
      // An answer that has begun is broken off with the backend's, by the pipeline.
      if (!response.headersSent && !signal.aborted) problem("upstream_unavailable", asked, cause);
    }
  };
}
