import fc from "fast-check";
import { anyBytes, type Bytes, damaged } from "./hostile-answers.ts";

/** HTTP/1.1 messages as no HTTP library would write them, around bodies of Better Auth's. */
export function hostileBytes(bodies: readonly string[]): fc.Arbitrary<Bytes> {
  const start = fc.oneof(
    { weight: 6, arbitrary: fc.constant("HTTP/1.1 200 OK") },
    fc.constantFrom(
      "HTTP/1.1 401 Unauthorized",
      "HTTP/1.0 200 OK",
      "HTTP/1.1 200",
      "HTTP/2.0 200 OK",
      "HTTP/1.1 0200 OK",
      "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK",
      "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\nHTTP/1.1 200 OK",
      "HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade",
      "HTTP/1.1 204 No Content",
      "HTTP/1.1 304 Not Modified",
      "SSH-2.0-OpenSSH_9.2",
      "",
    ),
  );
  const message = fc
    .record({ start, body: fc.constantFrom(...bodies), framing: fc.constantFrom(...framings) })
    .map(({ start, body, framing }) => {
      const { fields, payload } = framing(body);
      return `${[start, ...fields].join("\r\n")}\r\n\r\n${payload}`;
    });
  return fc.oneof(
    message,
    message.chain(damaged),
    fc.tuple(message, message).map(([one, other]) => one + other),
    anyBytes,
  );
}

type Framing = (body: string) => { fields: string[]; payload: string };

/** How a message says where its body ends (RFC 9112 6), truly and falsely. */
const framings: Framing[] = [
  (body) => ({ fields: [`content-length: ${body.length}`], payload: body }),
  (body) => ({ fields: [], payload: body }),
  (body) => ({ fields: [`content-length: ${body.length + 1}`], payload: body }),
  (body) => ({ fields: [`content-length: ${body.length - 1}`], payload: body }),
  (body) => ({ fields: ["content-length: -1"], payload: body }),
  (body) => ({ fields: ["content-length: 99999999999999999999"], payload: body }),
  (body) => ({ fields: ["content-length: 4", `content-length: ${body.length}`], payload: body }),
  (body) => ({ fields: ["transfer-encoding: chunked"], payload: chunked(body) }),
  (body) => ({ fields: ["transfer-encoding: chunked"], payload: chunked(body).slice(0, -5) }),
  (body) => ({ fields: ["transfer-encoding: chunked"], payload: body }),
  (body) => ({
    fields: ["transfer-encoding: chunked"],
    payload: chunked(body).replace("\r\n", "\n"),
  }),
  (body) => ({
    fields: ["transfer-encoding: chunked", `content-length: ${body.length}`],
    payload: chunked(body),
  }),
  (body) => ({ fields: ["transfer-encoding: gzip, chunked"], payload: chunked(body) }),
  (body) => ({ fields: ["no colon", `content-length: ${body.length}`], payload: body }),
  (body) => ({ fields: [`x: ${"x".repeat(20_000)}`], payload: body }),
  (body) => ({ fields: ["x: \0", ` content-length: ${body.length}`], payload: body }),
];

function chunked(body: string): string {
  return `${body.length.toString(16)}\r\n${body}\r\n0\r\n\r\n`;
}
