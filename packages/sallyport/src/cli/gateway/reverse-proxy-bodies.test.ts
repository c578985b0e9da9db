import assert from "node:assert/strict";
import { once } from "node:events";
import { type IncomingMessage, request } from "node:http";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { exchange, problemOf, startProxying } from "../../../test/proxied-backend.ts";
import { sendRaw } from "../../../test/raw-request.ts";

describe("what the gateway streams as a reverse proxy", () => {
  test("an answer is streamed: each part arrives before the next one is made", async (t) => {
    const parts: (() => void)[] = [];
    const { own } = await startProxying(t, (_, response) => {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).flushHeaders();
      parts.push(
        () => response.write("data: 1\n\n"),
        () => response.end("data: 2\n\n"),
      );
    });
    const answer = await own();
    assert.equal(answer.headers.get("content-type"), "text/event-stream");
    const reader = answer.body?.getReader();
    for (const [index, part] of parts.entries()) {
      part();
      const { value } = (await reader?.read()) ?? {};
      assert.equal(Buffer.from(value ?? []).toString(), `data: ${index + 1}\n\n`);
    }
  });

  test("a backend may think for longer than an idle connection to it is kept", async (t) => {
    const { own } = await startProxying(t, async (_, response) => {
      await setTimeout(1_500);
      response.end("thought");
    });
    assert.equal(await (await own()).text(), "thought");
  });

  test("an upload is streamed, as slowly as the backend reads", async (t) => {
    const arrived = Promise.withResolvers<IncomingMessage>();
    const { ada, path, port } = await startProxying(t, (request, response) => {
      arrived.resolve(request);
      request.once("end", () => response.end("done"));
    });
    const headers = { cookie: ada.cookie };
    const upload = request({ port, path, method: "PUT", headers });
    const answered = new Promise<IncomingMessage>((resolve) => upload.once("response", resolve));
    const megabyte = Buffer.alloc(1024 * 1024);
    for (let count = 0; count < 64; count += 1) upload.write(megabyte);
    const reading = await arrived.promise;
    // Nobody reads: what is under way fits into the buffers of sockets, and no more is taken.
    let left = Number.POSITIVE_INFINITY;
    while (upload.writableLength < left) {
      left = upload.writableLength;
      await setTimeout(200);
    }
    assert.ok(left > 32 * megabyte.length, `${left} bytes are left`);
    reading.resume();
    upload.end();
    const answer = await answered;
    assert.equal(answer.statusCode, 200);
    answer.resume();
  });

  test("a body with a length, in chunks, or none arrives as it was sent, by any method", async (t) => {
    const { ada, path, port } = await startProxying(t, async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      const { "content-length": length, "transfer-encoding": coding } = request.headers;
      response.end([request.method, body, length, coding].join(" "));
    });
    for (const method of ["GET", "POST", "DELETE", "PATCH", "QUERY"]) {
      const start = [`${method} ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
      const long = await exchange(port, [...start, "Content-Length: 3"], "abc");
      assert.match(long, new RegExp(`\\b${method} abc 3 `));
      const chunks = await exchange(
        port,
        [...start, "Transfer-Encoding: chunked"],
        "3\r\nabc\r\n0\r\n\r\n",
      );
      assert.match(chunks, new RegExp(`\\b${method} abc  chunked`));
    }
    assert.match(
      await exchange(port, [`GET ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"]),
      /GET {3}/,
    );
  });

  test("a body is not taken for a further request, whatever the client calls its framing", async (t) => {
    const seen: string[] = [];
    const { ada, path, port } = await startProxying(t, async (request, response) => {
      let body = "";
      for await (const chunk of request) body += chunk;
      seen.push(`${request.method} ${request.url} ${body}`);
      response.end();
    });
    const smuggled = "GET /smuggled HTTP/1.1\r\nHost: x\r\n\r\n";
    for (const method of ["GET", "DELETE", "POST", "OPTIONS"]) {
      for (const named of ["Content-Length", "Transfer-Encoding", "Host"]) {
        const lines = [`${method} ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`];
        const connection = `Connection: close, ${named}`;
        await exchange(
          port,
          [...lines, connection, `Content-Length: ${smuggled.length}`],
          smuggled,
        );
        const size = smuggled.length.toString(16);
        const chunks = `${size}\r\n${smuggled}\r\n0\r\n\r\n`;
        await exchange(port, [...lines, connection, "Transfer-Encoding: chunked"], chunks);
        const expected = `${method} ${path} ${smuggled}`;
        assert.deepEqual(seen.splice(0), [expected, expected], named);
      }
    }
  });

  test("a body that is framed in two ways, or coded in one that is not known, is refused", async (t) => {
    const { ada, path, port } = await startProxying(t);
    const start_ = [`POST ${path} HTTP/1.1`, `Cookie: ${ada.cookie}`, "Connection: close"];
    for (const framing of [
      ["Content-Length: 3", "Transfer-Encoding: chunked"],
      ["Content-Length: 3", "Content-Length: 4"],
      ["Transfer-Encoding: gzip, chunked"],
      ["Transfer-Encoding: chunked, gzip"],
    ]) {
      const answer = await exchange(port, [...start_, ...framing], "3\r\nabc\r\n0\r\n\r\n");
      assert.match(answer, /^HTTP\/1.1 400 /, String(framing));
    }
  });

  test("a client that waits for 100 Continue is told to go on once it may pass, and no sooner", async (t) => {
    const { ada, path, port } = await startProxying(t, (request, response) => {
      request.resume().once("end", () => response.end("read"));
    });
    const lines = [
      `POST ${path} HTTP/1.1`,
      "Expect: 100-continue",
      "Content-Length: 3",
      "Connection: close",
    ];
    assert.match(await exchange(port, lines), /^HTTP\/1.1 401 /);
    const allowed = await exchange(port, [...lines, `Cookie: ${ada.cookie}`], "abc");
    assert.match(allowed, /^HTTP\/1.1 100 Continue\r\n\r\nHTTP\/1.1 200 /);
  });

  test("a client that leaves ends the backend's work", async (t) => {
    const asked = Promise.withResolvers<IncomingMessage>();
    const { ada, path, port } = await startProxying(t, (request) => asked.resolve(request));
    const client = request({ port, path, headers: { cookie: ada.cookie } }).end();
    client.on("error", () => {});
    const incoming = await asked.promise;
    const gone = once(incoming.socket, "close");
    client.destroy();
    await gone;
  });

  test("a backend that is gone is 503 with Retry-After, and one line in the log", async (t) => {
    const { own, backend, lines } = await startProxying(t);
    await backend.close();
    const answer = await own();
    assert.equal(answer.headers.get("retry-after"), "1");
    assert.equal(await problemOf(answer), "503 upstream_unavailable");
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /ECONNREFUSED/);
  });

  test("a backend that closes without an answer, or says what is no HTTP, is 503 too", async (t) => {
    for (const say of [
      "",
      "SSH-2.0-OpenSSH_9.2\r\n",
      "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: upgrade\r\n\r\n",
    ]) {
      const { own } = await startProxying(t, ({ socket }) => void socket.end(say));
      assert.equal(await problemOf(await own()), "503 upstream_unavailable");
    }
  });

  test("a backend that breaks off in the midst of an answer breaks it off here: it is not whole", async (t) => {
    const { own } = await startProxying(t, (_, response) => {
      response.writeHead(200, { "Content-Length": 100 });
      response.write("half", () => response.destroy());
    });
    const answer = await own();
    await assert.rejects(answer.text());
  });

  test("an answer that comes before the body was read arrives whole", async (t) => {
    const { ada, path, origin } = await startProxying(t, (_, response) => {
      response.writeHead(413).end("too large");
    });
    const headers: [string, string][] = [["Cookie", ada.cookie]];
    const body = "x".repeat(64 * 1024);
    const answer = await sendRaw(origin, { method: "POST", path, headers, body });
    assert.deepEqual(answer, { status: 413, body: "too large" });
  });
});
